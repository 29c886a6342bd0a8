/** How a program whose work is a job runs: in the allocation that it is in, or on this machine. */
import type { JobEnv } from "../job-env.ts";
import { localOptions, runJob } from "../run-job.ts";
import { runJobLocal, type RunLocalOptions } from "../run-job-local.ts";
import type { RunSlurmOptions } from "../run-job-slurm.ts";
import type { ProgramRunner } from "./run-command-line.ts";

/** Runs jobs. */
export const jobRunner: ProgramRunner<JobEnv, RunLocalOptions & RunSlurmOptions> = {
  verb: "program",
  unfit: (where) =>
    where === "slurm" && process.env["SLURM_JOB_ID"] === undefined
      ? "--slurm: this is no Slurm job. Submit a script that runs the program (sbatch), or let it call Slurm jobs (clusterProgram of @hyperion-ts/cluster)"
      : undefined,
  run: (where, { info, job, options = {} }) =>
    where === "local" ? runJobLocal(info, job, localOptions(options)) : runJob(info, job, options),
};
