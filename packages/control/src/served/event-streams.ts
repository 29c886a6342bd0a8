/** Those who hear a run's events over its socket. Who does not read what was written to them is hung up on. */
import type { ServerResponse } from "node:http";
import type { RunEvents, StampedEvent } from "@hyperion-ts/progress";

/** More than this (in bytes) is not kept for a reader. */
const MOST_UNREAD = 4 * 1024 * 1024;

/** The readers of one run. Disposing of it ends their answers. */
export class EventStreams implements Disposable {
  readonly #events: RunEvents;
  readonly #readers = new Set<ServerResponse>();
  #subscription: Disposable | undefined;

  constructor(events: RunEvents) {
    this.#events = events;
  }

  /** All events from now on are written to `reader`. */
  add(reader: ServerResponse): void {
    this.#readers.add(reader);
    reader.on("close", () => this.#delete(reader));
    reader.flushHeaders();
    this.#subscription ??= this.#events.subscribe((event) => this.#write(event));
  }

  [Symbol.dispose](): void {
    this.#subscription?.[Symbol.dispose]();
    for (const reader of this.#readers) reader.end();
  }

  #write({ at, event }: StampedEvent): void {
    const line = `${JSON.stringify({ at, ...event })}\n`;
    for (const reader of this.#readers) {
      reader.write(line);
      if (reader.writableLength > MOST_UNREAD) reader.destroy();
    }
  }

  #delete(reader: ServerResponse): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#subscription?.[Symbol.dispose]();
    this.#subscription = undefined;
  }
}
