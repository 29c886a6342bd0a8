/** From a run that was found to one that can be asked. */
import type { FoundRun } from "./found-run.ts";
import { LiveRun } from "./live-run.ts";
import type { RunView } from "./run-view.ts";

/**
 * Looks at a run: asks it where it goes on on this machine, and reads its log where it has ended, is on another machine, or is
 * not to be asked.
 *
 * @throws ControlError `not-found` where it has left no log; `not-ours` where its socket is not this user's
 */
export async function lookAtRun(found: FoundRun): Promise<RunView> {
  const { control, process } = found;
  if (control !== undefined && process !== "dead") {
    const live = new LiveRun(control);
    if (await live.answers()) return live;
  }
  // Only where there is a log to be read: most of the time somebody waits for the answer of one that goes on.
  const { LoggedRun } = await import("./logged-run.ts");
  return LoggedRun.read(found);
}
