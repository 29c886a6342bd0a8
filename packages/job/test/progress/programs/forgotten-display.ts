/** Shows progress of a run that never ends. */
import { RunEvents } from "../../../src/events/run-events.ts";
import { showProgress } from "../../../src/progress/show-progress.ts";

const events = new RunEvents();
showProgress(events, "auto");
events.emit({ type: "run-started", programId: "q7RkW", database: "out/results.sqlite", logDir: "out" });
