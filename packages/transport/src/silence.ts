/**
 * For how long the other end of a connection was silent. Who listens may have stood still itself: suspended with its
 * job, stopped, or in a long computation. What came meanwhile is still unread then, so it says nothing of the other end.
 */
export class Silence {
  #heardMs: number;
  #lookedMs: number;

  /** `nowMs`, here and below, is the time by performance.now(); another one is for tests. */
  constructor(nowMs = performance.now()) {
    this.#heardMs = nowMs;
    this.#lookedMs = nowMs;
  }

  /** Something came from the other end. */
  heard(nowMs = performance.now()): void {
    this.#heardMs = nowMs;
  }

  /** How long nothing has come, in milliseconds. */
  lastedMs(nowMs = performance.now()): number {
    return nowMs - this.#heardMs;
  }

  /** The same, for a caller that asks every `intervalMs`: when it asks more than an interval late it has stood still itself, and the silence begins anew. */
  look(intervalMs: number, nowMs = performance.now()): number {
    if (nowMs - this.#lookedMs > 2 * intervalMs) this.#heardMs = nowMs;
    this.#lookedMs = nowMs;
    return this.lastedMs(nowMs);
  }
}
