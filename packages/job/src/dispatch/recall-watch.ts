/** Watches over calls that were sent ahead: they are taken back when the one before them runs long. */

/** A call that runs longer than this is long. */
const RECALL_AFTER_MS = 5;

/** A worker to which calls may have been sent ahead. */
export interface Recallable {
  /** Its calls. */
  readonly inFlight: {
    /** How many calls wait behind the one that runs. */
    readonly ahead: number;
    /** When a call last began there, on performance.now()'s clock. */
    readonly beganMs: number;
  };
  /** Takes back the calls that wait. */
  recall(): void;
}

/** Looks every 5 ms whether calls wait behind a long one. */
export class RecallWatch {
  readonly #workers: Iterable<Recallable>;
  /** The begin of the call that was last found to take long, of each. */
  readonly #suspected = new WeakMap<Recallable, number>();
  #lastMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(workers: Iterable<Recallable>) {
    this.#workers = workers;
  }

  /** Calls were sent ahead. Ends by itself when none are any more. */
  begin(): void {
    this.#timer ??= setInterval(this.#look, RECALL_AFTER_MS);
  }

  /** Stops looking. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * When this process was busy itself, the answers may be here, unread: then a worker is only suspected, and recalled the
   * next time if none has come.
   */
  readonly #look = (): void => {
    const nowMs = performance.now();
    const late = nowMs - this.#lastMs > 2 * RECALL_AFTER_MS;
    this.#lastMs = nowMs;
    let ahead = 0;
    for (const worker of this.#workers) {
      const { beganMs } = worker.inFlight;
      ahead += worker.inFlight.ahead;
      if (worker.inFlight.ahead === 0 || nowMs - beganMs <= RECALL_AFTER_MS) continue;
      if (!late || this.#suspected.get(worker) === beganMs) worker.recall();
      this.#suspected.set(worker, beganMs);
    }
    if (ahead === 0) this.end();
  };
}
