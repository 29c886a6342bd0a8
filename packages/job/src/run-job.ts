/** Running a job wherever this program is. */
import type { Job } from "./job.ts";
import type { ProgramInfo } from "./program-info.ts";
import { runJobLocal, type RunLocalOptions } from "./run-job-local.ts";
import { runJobSlurm, type RunSlurmOptions } from "./run-job-slurm.ts";

/**
 * `runJobSlurm` inside of a Slurm allocation, `runJobLocal` elsewhere: the same program on a laptop and under sbatch.
 *
 * @example
 * const table = await runJob(programInfo("./out"), roots(2, points, 1e-9));
 */
export const runJob = <A>(info: ProgramInfo, job: Job<A>, options: RunLocalOptions & RunSlurmOptions = {}): Promise<A> =>
  process.env["SLURM_JOB_ID"] === undefined ? runJobLocal(info, job, options) : runJobSlurm(info, job, options);
