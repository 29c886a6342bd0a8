/**
 * How many workers a node runs at a time, once one of its limits (of processes, descriptors, memory) was met. What else runs
 * there may end: from time to time the node is tried with one more.
 */

const WIDEN_AFTER_MS = 30_000;

/** Who hears of it. */
export interface WorkerLimitHooks {
  /** At most so many workers from now on. False: the node is gone. */
  limited(workers: number): boolean;
  /** The same for people, when all starts are over. */
  told(workers: number, reason: string): void;
}

/** The limit of one node. */
export class WorkerLimit {
  readonly #hooks: WorkerLimitHooks;
  #most = Infinity;
  /** Which limit was met, until it is told. */
  #reason: string | undefined;
  #told: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(hooks: WorkerLimitHooks) {
    this.#hooks = hooks;
  }

  /** There are so many workers, or starts of workers, and there is no room for another one. */
  met(reason: string, workers: number): void {
    this.#reason = reason;
    this.#most = Math.max(1, workers);
    if (this.#hooks.limited(this.#most)) this.#widenLater();
  }

  /** No start is under way any more, and so many workers run. A number is told once, and 0 never: a node can't be used with it. */
  settled(running: number): void {
    const workers = Math.min(running, this.#most);
    if (this.#reason !== undefined && workers > 0 && workers !== this.#told) {
      this.#told = workers;
      this.#hooks.told(workers, this.#reason);
    }
    this.#reason = undefined;
  }

  #widenLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#most += 1;
      if (this.#hooks.limited(this.#most)) this.#widenLater();
    }, WIDEN_AFTER_MS).unref();
  }
}
