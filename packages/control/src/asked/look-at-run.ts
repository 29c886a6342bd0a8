/** From a run that was found to one that can be asked. */
import { runState } from "../place/control-file.ts";
import { EndingRun } from "./ending-run.ts";
import type { FoundRun } from "./found-run.ts";
import { LiveRun } from "./live-run.ts";
import type { RunView } from "./run-view.ts";

/**
 * Looks at a run: asks it where it goes on on this machine, and reads its log where it has ended, also if that is after the look, is
 * on another machine, or is not to be asked.
 *
 * @throws ControlError `not-found` where it has left no log; `not-ours` where its socket is not this user's
 */
export async function lookAtRun(found: FoundRun): Promise<RunView> {
  const live = await liveRun(found);
  return live === undefined ? await readLog(found) : new EndingRun(live, () => readLog(found));
}

/** The run itself; undefined where it does not answer. @throws ControlError `not-ours` where its socket is not this user's */
export async function liveRun({ control, process }: FoundRun): Promise<LiveRun | undefined> {
  if (control === undefined || process === "dead") return undefined;
  const live = new LiveRun(control);
  return (await live.answers()) ? live : undefined;
}

/** What a run has written down. @throws ControlError `not-found` where it has left no log */
export async function readLog(found: FoundRun): Promise<RunView> {
  // Only where there is a log to be read: most of the time somebody waits for the answer of one that goes on.
  const { LoggedRun } = await import("./logged-run.ts");
  // It may have ended since it was found.
  return LoggedRun.read({ ...found, process: found.control === undefined ? found.process : runState(found.control) });
}
