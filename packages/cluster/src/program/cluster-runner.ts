/** How a program that calls Slurm jobs runs: in its allocation, by sbatch, or on this machine. */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { ProgramRunner } from "@hyperion-ts/job/program";
import type { ClusterEnv } from "./cluster-env.ts";
import { type ClusterOptions, runCluster, runClusterLocal, runOptions } from "./run-cluster.ts";

/** Runs clusters. */
export const clusterRunner: ProgramRunner<ClusterEnv, ClusterOptions> = {
  verb: "clusterProgram",
  unfit: (where) =>
    where === "slurm" && !hasSlurm()
      ? `--slurm: there is no sbatch in PATH (${process.env["PATH"] ?? ""}). On many machines "module load slurm" puts it there`
      : undefined,
  run: (where, { info, job, options = {} }) => {
    if (where !== "local" && hasSlurm()) return runCluster(info, job, options);
    if (where === "found") process.stderr.write(`${HERE}\n`);
    const { leastNodes: _least, reach: _reach, times: _times, ...here } = runOptions(options);
    return runClusterLocal(info, job, here);
  },
};

const HERE = "There is no sbatch in PATH: all Slurm jobs of this program run here, on this machine's CPUs";

/** Whether it is in an allocation, or can submit jobs. */
const hasSlurm = (): boolean =>
  process.env["SLURM_JOB_ID"] !== undefined ||
  (process.env["PATH"] ?? "").split(":").some((folder) => isProgram(join(folder, "sbatch")));

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
