/** One run of a program on a machine that has sbatch. Loaded when there is one. */
import { resolve } from "node:path";
import { callable, checkOptions, checkValue, duration, nonEmpty, type Rules, structured, whole } from "@hyperion-ts/bounds";
import type { ProgramInfo } from "@hyperion-ts/job";
import { endingProgram, type ProgramEnv, runProgram, runRules } from "@hyperion-ts/job/program";
import { checkSbatchOptions } from "../sbatch/sbatch-options.ts";
import type { Cluster } from "./cluster-env.ts";
import { ClusterWork } from "./cluster-work.ts";
import type { ClusterOptions } from "./run-cluster.ts";

/** Runs `cluster`, as `runCluster` says. */
export const runOnCluster = <A>(info: ProgramInfo, cluster: Cluster<A>, options: ClusterOptions): Promise<A> =>
  endingProgram(async () => {
    check(cluster, options);
    const { sbatchOptions = {} } = options;
    const work = async (env: ProgramEnv): Promise<ClusterWork> => new ClusterWork(env, { ...options, program: programOf(options) });
    return await runProgram(info, options, work, async (env, { jobLauncher, finish }) => {
      const value = await cluster({
        ...env,
        jobLauncher,
        sbatchOptions,
        taskLauncher: jobLauncher.tasks(sbatchOptions),
        taskCpus: 1,
        taskOptions: {},
      });
      finish();
      return value;
    });
  });

const rules: Rules<ClusterOptions> = {
  ...runRules,
  maxSlurmJobs: whole(1),
  sbatchOptions: structured,
  longestPauseMs: duration(),
  program: nonEmpty,
};

function check<A>(cluster: Cluster<A>, options: ClusterOptions): void {
  checkValue("runCluster", "the program", cluster, callable);
  checkOptions<object>("runCluster", options, rules);
  checkSbatchOptions("runCluster: sbatchOptions", options.sbatchOptions ?? {});
}

/** The file that Node was started with, unless a person says which. */
function programOf({ program = process.argv[1] }: ClusterOptions): string {
  if (program !== undefined) return resolve(program);
  throw new TypeError(
    "runCluster: program is missing, the file that defines the program's jobs: this process was started without one",
  );
}
