/** Shows progress of a run that never ends. */
import { RunEvents, showProgress } from "@hyperion-ts/progress";

const events = new RunEvents();
showProgress(events, "auto");
events.emit({ type: "run-started", programId: "q7RkW", database: "out/results.sqlite", logDir: "out" });
