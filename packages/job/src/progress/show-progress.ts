/** The progress display. */
import type { RunEvents } from "../events/run-events.ts";
export function showProgress(events: RunEvents, _mode: "auto" | "plain"): Disposable {
  return events.subscribe(({ event }) => { if (event.type !== "counts") process.stderr.write(`${JSON.stringify(event)}\n`); });
}
