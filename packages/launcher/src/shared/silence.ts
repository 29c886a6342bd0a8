/**
 * For how long the other end of a connection was silent. Who listens may have stood still itself: suspended with its
 * job, stopped, or in a long computation. What came meanwhile is still unread then, so it says nothing of the other end.
 */
export class Silence {
  #heardMs: number;
  #lookedMs: number;

  constructor(nowMs = performance.now()) {
    this.#heardMs = nowMs;
    this.#lookedMs = nowMs;
  }

  /** Something came. */
  heard(nowMs = performance.now()): void {
    this.#heardMs = nowMs;
  }

  /** In milliseconds. */
  lastedMs(nowMs = performance.now()): number {
    return nowMs - this.#heardMs;
  }

  /** To be asked every `intervalMs`. Who comes more than an interval late has stood still, and the silence begins anew. In milliseconds. */
  look(intervalMs: number, nowMs = performance.now()): number {
    if (nowMs - this.#lookedMs > 2 * intervalMs) this.#heardMs = nowMs;
    this.#lookedMs = nowMs;
    return this.lastedMs(nowMs);
  }
}
