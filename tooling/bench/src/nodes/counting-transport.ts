/** A transport that is watched: how many sessions are being opened at once, and how long each takes. */
import type { Transport } from "@hyperion-ts/launcher";

/** `transport`, watched. */
export class CountingTransport implements Transport {
  /** The most that were being opened at the same time. */
  mostAtOnce = 0;
  /** How often somebody asked for a session. */
  attempts = 0;
  /** How long each session took to open, in milliseconds. */
  readonly openMs: number[] = [];
  readonly #transport: Transport;
  #now = 0;

  /** Opens sessions by `transport`. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Opens a session, and counts it. */
  async open(...args: Parameters<Transport["open"]>): ReturnType<Transport["open"]> {
    const startMs = performance.now();
    this.attempts += 1;
    this.#now += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#now);
    try {
      return await this.#transport.open(...args);
    } finally {
      this.#now -= 1;
      this.openMs.push(performance.now() - startMs);
    }
  }
}
