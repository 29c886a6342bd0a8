/** The held calls of a run that goes on: each waits until a person decides, by asking this run, or in its file. */
import type { HoldBook } from "./hold-book.ts";
import type { HoldChanges } from "./hold-changes.ts";
import type { HoldFiles } from "./hold-files.ts";
import type { HeldFailure, Hold, HoldVerdict } from "./hold.ts";
import { HoldsError } from "./holds-error.ts";

/** What was decided in a file, as on another machine, is seen so soon. */
const LOOK_INTERVAL_MS = 2_000;
/** So many files are looked at then, where very many calls are held. */
const MOST_LOOKS = 50;

/** How a run holds calls. */
export interface RunHoldsOptions {
  /** Hears of each failure that is held, and was not before. */
  readonly onHold?: (hold: Hold) => void;
  /** Refuses changes that a retry of this call can't have, by throwing. */
  readonly check?: (hold: Hold, changes: HoldChanges) => void;
}

/** What a person has decided, and with a retry all changes that it is to have. */
export type Decision = { readonly kind: "retry"; readonly changes: HoldChanges } | { readonly kind: "cancel" };

type Waiter = PromiseWithResolvers<Decision>;

/** The holds of one run. While a call waits, the process stays. */
export class RunHolds implements HoldBook {
  readonly #files: HoldFiles;
  readonly #options: RunHoldsOptions;
  /** Equal calls share a hold. */
  readonly #waiters = new Map<string, Set<Waiter>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(files: HoldFiles, options: RunHoldsOptions = {}) {
    this.#files = files;
    this.#options = options;
  }

  list(): readonly Hold[] {
    return this.#files.list();
  }

  /** The hold of that call, as an earlier run or try has left it; undefined where it is not held. */
  find(key: string): Hold | undefined {
    return this.#files.find(key);
  }

  /**
   * Writes a failure down; `wait` goes on from there.
   *
   * @throws NotOursError; the file system's error
   */
  add(failure: HeldFailure): Hold {
    const hold = this.#files.add(failure);
    this.#options.onHold?.(hold);
    return hold;
  }

  /** Waits until a person has decided. The file stays, whatever ends the wait. @throws the signal's reason */
  async wait({ id }: Hold, signal: AbortSignal): Promise<Decision> {
    signal.throwIfAborted();
    const waiter = Promise.withResolvers<Decision>();
    const onAbort = (): void => waiter.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters.add(waiter));
    // Not unref'd: a program that waits for a person has nothing else to live for.
    this.#timer ??= setInterval(() => this.#look(), LOOK_INTERVAL_MS);
    try {
      return await waiter.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      waiters.delete(waiter);
      if (waiters.size === 0 && this.#waiters.get(id) === waiters) this.#waiters.delete(id);
      if (this.#waiters.size === 0) this.#stopLooking();
    }
  }

  decide(id: string, verdict: HoldVerdict, changes: HoldChanges = {}): Hold {
    const hold = this.#files.read(id);
    if (hold === undefined) throw new HoldsError("not-found", `There is no hold ${id} any more`);
    const isAwaited = this.isAwaited(id);
    if (!isAwaited && hold.verdict?.kind === "retry")
      throw new HoldsError("decided", `${id} is being made again; cancel its Slurm job, and it is held once more`);
    this.#options.check?.(hold, changes);
    const decided = this.#files.decide(id, verdict, changes);
    this.#tell(id, decisionOf(decided, verdict));
    return decided;
  }

  /** Whether a caller waits for what a person decides on it. */
  isAwaited(id: string): boolean {
    return this.#waiters.has(id);
  }

  /** The call is held no longer: it went well, or nobody wants it. Equal ones that wait are made again. */
  end(key: string): void {
    const hold = this.#waiters.size === 0 ? undefined : this.find(key);
    this.#files.end(key);
    if (hold !== undefined) this.#tell(hold.id, { kind: "retry", changes: hold.changes });
  }

  #tell(id: string, decision: Decision): void {
    for (const waiter of this.#waiters.get(id) ?? []) waiter.resolve(decision);
  }

  /** In the files, as far as they can be read: those first that were not looked at for longest. */
  #look(): void {
    for (const [id, waiters] of [...this.#waiters].slice(0, MOST_LOOKS)) {
      this.#waiters.delete(id);
      this.#waiters.set(id, waiters);
      const hold = this.#readable(id);
      if (hold !== undefined && hold.verdict !== null) this.#tell(id, decisionOf(hold, hold.verdict));
    }
  }

  #readable(id: string): Hold | undefined {
    try {
      return this.#files.read(id);
    } catch {
      return undefined;
    }
  }

  #stopLooking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const decisionOf = ({ changes }: Hold, { kind }: HoldVerdict): Decision =>
  kind === "retry" ? { kind, changes } : { kind };
