/** The event log. */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RunEvents } from "./run-events.ts";
export function logEvents(events: RunEvents, logDir: string): Disposable {
  const fd = openSync(join(logDir, "events.jsonl"), "a", 0o600);
  const sub = events.subscribe(({ at, event }) => void writeSync(fd, `${JSON.stringify({ at, ...event })}\n`));
  return { [Symbol.dispose]: () => { sub[Symbol.dispose](); closeSync(fd); } };
}
