/** Running a job on this machine. (Hyperion.Job: runJobLocal) */
import { refuseInWorker } from "@hyperion-ts/remote";
import type { LauncherOptions } from "@hyperion-ts/launcher";
import type { Job } from "./job.ts";
import type { ProgramInfo } from "./program-info.ts";
import type { HoldOptions, RunOptions } from "./run/run-options.ts";

/** How `runJobLocal` uses this machine. */
export interface RunLocalOptions extends RunOptions, HoldOptions, Omit<LauncherOptions, "reach"> {
  /** How many CPUs to use, from 1 to 65,536. Default: all that this process may use. */
  readonly cpus?: number;
  /** Run the functions in this process, without workers: for tests, and for debuggers. Default false. */
  readonly inProcess?: boolean;
}

/**
 * Runs a job with worker processes on this machine's CPUs; needs no Slurm. When it resolves or rejects, everything that
 * it started has ended. An error that the program does not catch ends it in order: it is said once, and the exit code is 1,
 * or 130, 143, 129 after Ctrl-C, SIGTERM, SIGHUP. Programs that listen to "uncaughtException" see to that themselves.
 *
 * @throws what the job throws; InterruptedError after Ctrl-C, SIGTERM or SIGHUP; ResultsError when the database can't
 *   be used, for instance because another program has it open; LogDirectoryError; LaunchError when no worker can be started;
 *   TypeError or RangeError, which name the option and what is allowed, for a wrong or unknown one.
 * @example
 * const table = await runJobLocal(programInfo("./out"), roots(2, points, 1e-9));
 */
export async function runJobLocal<A>(info: ProgramInfo, job: Job<A>, options: RunLocalOptions = {}): Promise<A> {
  refuseInWorker("runJobLocal");
  // Not before they are needed: a worker loads this module with the user's, and none of these.
  const [{ endingProgram }, { checkRun }, { runInWorkplace }, { openLocalWorkplace }, { openProcessWorkplace }] =
    await Promise.all([
      import("./run/program-end.ts"),
      import("./run/check-run-options.ts"),
      import("./run/workplace.ts"),
      import("./run/local-workplace.ts"),
      import("./run/process-workplace.ts"),
    ]);
  return endingProgram(() => {
    checkRun("runJobLocal", info, job, options);
    return runInWorkplace(info, job, options, (env) =>
      options.inProcess === true ? openProcessWorkplace(options.cpus) : openLocalWorkplace(env, options.cpus, options),
    );
  });
}
