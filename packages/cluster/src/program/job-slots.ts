/** How many jobs of a program there may be at a time: a call has a slot from before its submission until Slurm has its job no more. */
import PQueue from "p-queue";

/** A job that has settled, and may not be gone from Slurm yet. Disposing of it ends its watch. */
export interface HeldJob<A> extends Disposable {
  readonly value: A;
  /** Resolves when Slurm says that it has ended. */
  readonly gone: Promise<void>;
}

/** The slots of one run of a program. */
export class JobSlots {
  readonly #queue: PQueue;
  readonly #isLimited: boolean;

  /** @param most how many; undefined: no limit */
  constructor(most: number | undefined) {
    this.#isLimited = most !== undefined;
    this.#queue = new PQueue({ concurrency: most ?? Number.POSITIVE_INFINITY });
  }

  /**
   * Runs `use` when there is a slot; jobs that Slurm has already come first. Gives its value at once, and keeps the slot until
   * the job is gone.
   *
   * @throws what `use` throws; the signal's reason while it waits. A job that has its slot ends by itself.
   */
  async run<A>(isThere: boolean, signal: AbortSignal, use: () => Promise<HeldJob<A>>): Promise<A> {
    const slot = await this.#slot(isThere, signal);
    try {
      const job = await use();
      slot.freeWhen(this.#isLimited ? job.gone : undefined, job);
      return job.value;
    } catch (error) {
      slot.freeWhen(undefined);
      throw error;
    }
  }

  async #slot(isThere: boolean, signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    const taken = Promise.withResolvers<Slot>();
    const waiting = new AbortController();
    const aborted = (): void => waiting.abort(signal.reason);
    signal.addEventListener("abort", aborted, { once: true });
    const hold = async (): Promise<void> => {
      signal.removeEventListener("abort", aborted);
      const slot = new Slot();
      taken.resolve(slot);
      await slot.free;
    };
    this.#queue.add(hold, { priority: isThere ? 1 : 0, signal: waiting.signal }).catch(taken.reject);
    return await taken.promise;
  }
}

/** What a call holds. Its work is not the queue's task: whose errors lead to its caller so, and an abort does not free it early. */
class Slot {
  readonly #free = Promise.withResolvers<void>();
  readonly free = this.#free.promise;

  /** Frees it, and disposes of the watch, when `gone` has resolved. */
  freeWhen(gone: Promise<void> | undefined, watch?: Disposable): void {
    const free = (): void => {
      watch?.[Symbol.dispose]();
      this.#free.resolve();
    };
    if (gone === undefined) free();
    else void gone.then(free);
  }
}
