/** Waits for the end of Slurm jobs that a run cancels: it looks until Slurm has them no more, and tells how that goes. */
import { setTimeout as sleep } from "node:timers/promises";
import { type FoundRun, lookAtRun, type SlurmJobReport } from "@hyperion-ts/control";
import { hasEnded } from "@hyperion-ts/progress";

const LOOK_EVERY_MS = 200;
/** A run gives up after two minutes. */
const LONGEST_MS = 150_000;

/** Resolves when those jobs have ended, or the run has: with Slurm's ids of the ones that may go on. */
export async function untilJobsEnd(
  found: FoundRun,
  isMeant: (job: SlurmJobReport) => boolean,
): Promise<readonly number[]> {
  const lastMs = performance.now() + LONGEST_MS;
  for (;;) {
    const { phase, slurmJobs } = await (await lookAtRun(found)).report();
    const open = slurmJobs.filter((job) => isMeant(job) && !hasEnded(job));
    if (open.length === 0 || phase.kind === "ended" || phase.kind === "lost" || performance.now() > lastMs)
      return open.flatMap(({ jobId }) => jobId ?? []);
    await sleep(LOOK_EVERY_MS);
  }
}
