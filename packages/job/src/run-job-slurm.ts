/** Running a job inside of a Slurm allocation. (Hyperion.Job: runJobSlurm) */
import type { LauncherOptions } from "@hyperion-ts/launcher";
import { refuseInWorker } from "@hyperion-ts/remote";
import type { Job } from "./job.ts";
import type { ProgramInfo } from "./program-info.ts";
import type { HoldOptions, RunOptions } from "./run/run-options.ts";
import type { SlurmTimeOptions } from "./run/slurm-times.ts";

/** How `runJobSlurm` uses its allocation. */
export interface RunSlurmOptions extends RunOptions, HoldOptions, LauncherOptions {
  /** How many nodes the calls need at least, from 1 on; with fewer the run ends, and says why each of the others could not be used. Default 1. */
  readonly leastNodes?: number;
  /** How long everything may take. */
  readonly times?: SlurmTimeOptions;
}

/**
 * Runs a job on all nodes of the Slurm allocation that this program is in (sbatch, salloc, or a step of srun): one
 * connection to each node, from the first call on, and workers on all CPUs that are the job's. When it resolves or rejects, everything that it
 * started has ended.
 *
 * At SIGTERM, and at SIGUSR1 or SIGUSR2 (`#SBATCH --signal=B:USR1@120`), no call begins any more; those that run may go on
 * until 10 s before the job's end, as Slurm knows it then, or for `times.endGraceMs` where Slurm ends the job just now (scancel,
 * the time limit). What is done is stored, and it rejects with an InterruptedError that says what was left. A
 * program that does not catch it has the exit code 75 then, if its time was up (run it again), and 143 after scancel.
 *
 * @throws what the job throws; SlurmEnvError outside of an allocation; InterruptedError; LaunchError when fewer than
 *   `leastNodes` nodes could be used, and a call needs them; ResultsError; LogDirectoryError;
 *   TypeError or RangeError, which name the option and what is allowed, for a wrong or unknown one.
 * @example
 * const table = await runJobSlurm(programInfo("./out"), roots(2, points, 1e-9));
 */
export async function runJobSlurm<A>(info: ProgramInfo, job: Job<A>, options: RunSlurmOptions = {}): Promise<A> {
  refuseInWorker("runJobSlurm");
  // Not before they are needed: a worker loads this module with the user's, and none of these.
  const [
    { endingProgram },
    { checkRun },
    { runInWorkplace },
    { slurmBatchJob },
    { openSlurmWorkplace },
    { slurmAllocation },
    { SlurmEnd, slurmSignals },
  ] = await Promise.all([
    import("./run/program-end.ts"),
    import("./run/check-run-options.ts"),
    import("./run/workplace.ts"),
    import("./run/slurm-batch-job.ts"),
    import("./run/slurm-workplace.ts"),
    import("./run/slurm-allocation.ts"),
    import("./run/slurm-end.ts"),
  ]);
  return endingProgram(async () => {
    checkRun("runJobSlurm", info, job, options);
    const allocation = slurmAllocation(process.env);
    const end = new SlurmEnd(allocation);
    const { leastNodes, times: { endGraceMs, ...times } = {} } = options;
    const batchJob = await slurmBatchJob(allocation);
    return await runInWorkplace(info, job, { signals: slurmSignals(end, endGraceMs), batchJob, ...options }, (env) =>
      openSlurmWorkplace(env, allocation, { leastNodes, launcher: { ...options, times }, end }),
    );
  });
}
