/** How long running calls may go on when a run was told to end. */
import { after, type Timer } from "@hyperion-ts/bounds";

/** How long running calls may go on: as the first signal says, unless a later one says less. */
export class GracePeriod implements Disposable {
  readonly #known = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  #timer: Timer | undefined;
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
    this.#timer?.[Symbol.dispose]();
    if (graceMs <= 0) this.#over.resolve();
    else this.#timer = after(graceMs, () => this.#over.resolve()).unref();
    return true;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }
}
