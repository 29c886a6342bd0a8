/** One run of a program on a machine that has sbatch. Loaded when there is one. */
import {
  callable,
  checkOptions,
  checkValue,
  duration,
  flag,
  listOf,
  nonEmpty,
  oneOf,
  type Rules,
  structured,
  whole,
} from "@hyperion-ts/bounds";
import type { ProgramInfo } from "@hyperion-ts/job";
import { LAUNCHER_RULES } from "@hyperion-ts/launcher";
import { endingProgram, type ProgramEnv, runProgram, RUN_RULES } from "@hyperion-ts/job/program";
import { checkSbatchOptions } from "../sbatch/check-sbatch-options.ts";
import { chosenCluster } from "../slurm/chosen-cluster.ts";
import type { Cluster } from "./cluster-env.ts";
import { ClusterWork } from "./cluster-work.ts";
import { LeaveOrCancel } from "./leave-or-cancel.ts";
import type { ClusterOptions } from "./run-cluster.ts";

/** Runs `cluster`, as `runCluster` says. */
export const runOnCluster = <A>(info: ProgramInfo, cluster: Cluster<A>, options: ClusterOptions): Promise<A> =>
  endingProgram(async () => {
    check(cluster, options);
    const { sbatchOptions = {}, onFailure = "hold" } = options;
    const person = new AbortController();
    const signal = AbortSignal.any([person.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    const open = async (env: ProgramEnv): Promise<ClusterWork> => {
      const work = new ClusterWork(env, options);
      await work.begin();
      return work;
    };
    return await runProgram(info, { ...options, signal, signals: SIGNALS }, open, async (env, work) => {
      using _ctrlC = options.handleSignals === false ? undefined : listenToCtrlC(info, options, work, person);
      const { jobLauncher } = work;
      const taskLauncher = jobLauncher.tasks(sbatchOptions, onFailure);
      const jobs = { jobLauncher, sbatchOptions, onFailure };
      const clusterEnv = { ...env, ...jobs, taskLauncher, taskCpus: 1, taskOptions: {} };
      try {
        const value = await cluster(clusterEnv);
        await work.finish();
        return value;
      } catch (error) {
        // Whoever looks sees what becomes of the jobs, and may press Ctrl-C again.
        await work.end();
        throw error;
      }
    });
  });

/** These end the program and leave its jobs. What Ctrl-C does, a person says. */
const SIGNALS = { SIGTERM: () => "none" as const, SIGHUP: () => "none" as const };

const listenToCtrlC = (
  { database }: ProgramInfo,
  { progress }: ClusterOptions,
  work: ClusterWork,
  person: AbortController,
): Disposable =>
  new LeaveOrCancel({
    database,
    jobs: () => work.openJobs,
    left: () => work.interruptedBy("SIGINT"),
    events: work.events,
    shown: progress !== "none",
    end: (reason) => person.abort(reason),
  });

const RULES: Rules<ClusterOptions> = {
  ...RUN_RULES,
  maxSlurmJobs: whole(1),
  sbatchOptions: structured,
  longestPauseMs: duration(),
  dryRun: flag,
  onFailure: oneOf("hold", "reject"),
  onHold: listOf(nonEmpty),
  attach: oneOf("auto", "connect", "call-back", "files"),
  reach: LAUNCHER_RULES.reach,
};

function check<A>(cluster: Cluster<A>, options: ClusterOptions): void {
  checkValue("runCluster", "the program", cluster, callable);
  checkOptions<object>("runCluster", options, RULES);
  checkSbatchOptions("runCluster: sbatchOptions", options.sbatchOptions ?? {});
  chosenCluster(process.env);
}
