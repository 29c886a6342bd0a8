/** The event stream of a run: who emits, and who listens. */
import type { RunEvent, StampedEvent } from "./run-event.ts";

export type RunEventListener = (event: StampedEvent) => void;

export class RunEvents {
  readonly #listeners = new Set<RunEventListener>();

  emit(event: RunEvent): void {
    const stamped: StampedEvent = { at: new Date(), event };
    for (const listener of this.#listeners) listener(stamped);
  }

  /** Hears all events from now on; disposing of the subscription ends it. A listener must not throw. */
  subscribe(listener: RunEventListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
