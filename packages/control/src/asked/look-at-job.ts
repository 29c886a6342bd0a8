/** From a run of a program on a login node to the run within one of its Slurm jobs. */
import { ControlError } from "../control-error.ts";
import { EndingRun } from "./ending-run.ts";
import { type FoundRun, runsIn } from "./found-run.ts";
import { liveRun, lookAtRun, readLog } from "./look-at-run.ts";
import type { RunView } from "./run-view.ts";

/**
 * Looks at what runs within a Slurm job of a run, by the id of the job or of its call: through the program while that goes on and has a link to
 * the job, else by the log that the job writes.
 *
 * @throws ControlError `not-found` where the run has no such job, or the job has not begun; what `lookAtRun` throws
 */
export async function lookAtJob(found: FoundRun, id: string): Promise<RunView> {
  const view = await lookAtRun(found);
  const { run, slurmJobs } = await view.report();
  const job = slurmJobs.find(({ jobId, call }) => String(jobId) === id || call === id);
  if (job === undefined) {
    const ids = slurmJobs.flatMap(({ jobId }) => jobId ?? []).join(", ");
    throw new ControlError("not-found", `Run ${run.id} has no Slurm job ${id}${ids === "" ? "" : `. It has: ${ids}`}`);
  }
  const directory = job.directory ?? null;
  const [head] = directory === null ? [] : runsIn(directory);
  const live = (await liveRun(found))?.ofJob(job.call);
  if (live !== undefined && (await live.answers()))
    return head === undefined ? live : new EndingRun(live, () => readLog(head));
  if (head === undefined)
    throw new ControlError("not-found", `Slurm job ${id} has not begun: there is nothing to be seen in it`);
  return await readLog(head);
}
