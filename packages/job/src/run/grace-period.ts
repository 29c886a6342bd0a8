/** How long running calls may go on when a run was told to end: as the first signal says, unless a later one says less. */
export class GracePeriod implements Disposable {
  readonly #known = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #endMs = Number.POSITIVE_INFINITY;

  /** Resolves when a signal has said how long. */
  get known(): Promise<void> {
    return this.#known.promise;
  }

  /** Resolves when the time is over. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Ends it in `graceMs`, unless it ends earlier: false then. */
  endAfter(graceMs: number): boolean {
    const endMs = performance.now() + graceMs;
    if (endMs >= this.#endMs) return false;
    this.#endMs = endMs;
    this.#known.resolve();
    clearTimeout(this.#timer);
    if (graceMs <= 0) this.#over.resolve();
    else this.#timer = setTimeout(() => this.#over.resolve(), Math.min(graceMs, LONGEST_TIMER_MS)).unref();
    return true;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** Node's timers of more than 2^31 ms fire at once. No signal of a batch system comes so early. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
