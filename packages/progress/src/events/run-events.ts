/** The event stream of a run: who emits, and who listens. */
import type { RunEvent, StampedEvent } from "./run-event.ts";

/** Hears each event as it happens, in order. Must not throw. */
export type RunEventListener = (event: StampedEvent) => void;

/** The event stream of one run: `emit` tells every listener at once. */
export class RunEvents {
  /** Whether single calls are events too. */
  readonly tracing: boolean;
  readonly #listeners = new Set<RunEventListener>();

  constructor(tracing = false) {
    this.tracing = tracing;
  }

  /** Tells all listeners, in the order in which they came. */
  emit(event: RunEvent): void {
    const stamped: StampedEvent = { at: new Date(), event };
    for (const listener of this.#listeners) listener(stamped);
  }

  /** Nobody hears of what comes after this. */
  close(): void {
    this.#listeners.clear();
  }

  /** Hears all events from now on; disposing of the subscription ends it. A listener must not throw. */
  subscribe(listener: RunEventListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
