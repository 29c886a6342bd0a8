/** Running a program that calls Slurm jobs. (Hyperion: runCluster) */
import type {
  NoOptions,
  ProgramDefinition,
  ProgramInfo,
  ProgramMeta,
  RunLocalOptions,
  RunSlurmOptions,
} from "@hyperion-ts/job";
import type { Attach } from "../link/attach.ts";
import type { RunOptions } from "@hyperion-ts/job/program";
import { runJobLocal, runJobSlurm } from "@hyperion-ts/job";
import type { ReachOptions } from "@hyperion-ts/launcher";
import { refuseInWorker } from "@hyperion-ts/remote";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { Cluster, ClusterEnv } from "./cluster-env.ts";
import type { OnFailure } from "./job-launcher.ts";

/** How `runCluster` uses Slurm. */
export interface ClusterOptions extends RunOptions {
  /** How many Slurm jobs of this program may wait and run at a time, from 1 on. Default: no limit. */
  readonly maxSlurmJobs?: number;
  /** What jobs ask Slurm for unless an action changes it (`local(setJobTime(...), ...)`). Default: one node with one task for 24 hours. */
  readonly sbatchOptions?: SbatchOptions;
  /** The longest pause between two questions to Slurm, in milliseconds. Default 30,000. */
  readonly longestPauseMs?: number;
  /** How this program is connected with the heads of its jobs while they run. Default `"auto"`. */
  readonly attach?: Attach;
  /** How nodes are reached, for `attach: "connect"`; its `headPort` is the port of `"call-back"`. Default: as `runJobSlurm` reaches them. */
  readonly reach?: ReachOptions;
  /**
   * What becomes of a call whose job fails, or is refused by Slurm, unless an action changes it (`local(setOnFailure("reject"), ...)`).
   * `"hold"`: its caller waits until a person has decided, by `hyperion retry` or `hyperion cancel`, and its fellows go on;
   * `"reject"`: its caller gets the error. Default `"hold"`.
   */
  readonly onFailure?: OnFailure;
  /** A program and its arguments, run for each call that is held, with what is known of it as its standard input; at most 20 times in a run. Default: none. */
  readonly onHold?: readonly [program: string, ...args: string[]];
  /**
   * Submits nothing. Each job that would be submitted is shown with its sbatch command and its script, which are also in its
   * directory (`script`, `submit.sh`); jobs that are there already are named, and what has ended is taken in. When all calls
   * that can be made have been shown, they reject with a `DryRunError`: their values are not there. Default: false.
   */
  readonly dryRun?: boolean;
}

/**
 * Runs a program whose jobs are Slurm jobs: from a login node, or any machine with sbatch. Inside of an allocation its jobs run
 * there, on the CPUs that are there.
 *
 * A signal ends the program and leaves its Slurm jobs: they go on, and the same program in the same directory joins them when it
 * is started again, takes in what has ended, and submits what is missing. A job whose value nobody wants any more (its caller was
 * aborted, or its group failed) is cancelled.
 *
 * @throws what the program throws; InterruptedError; DryRunError; ResultsError; LogDirectoryError; NotOursError where others could write into
 *   its folders; TypeError or RangeError, which name the option and what is allowed.
 * @example
 * const table = await runCluster(programInfo("./out"), program, { maxSlurmJobs: 50 });
 */
export async function runCluster<A>(info: ProgramInfo, cluster: Cluster<A>, options: ClusterOptions = {}): Promise<A> {
  refuseInWorker("runCluster");
  // A worker loads this module with the user's, and none of what submits jobs or runs them.
  if (process.env["SLURM_JOB_ID"] !== undefined && options.dryRun !== true) {
    const { here } = await import("./jobs-here.ts");
    return await runJobSlurm(info, here(cluster), runOptions(options));
  }
  const { runOnCluster } = await import("./run-on-cluster.ts");
  return await runOnCluster(info, cluster, options);
}

/**
 * Runs a program that calls Slurm jobs without Slurm: its jobs run on this machine's CPUs.
 *
 * @throws what `runJobLocal` throws
 */
export async function runClusterLocal<A>(
  info: ProgramInfo,
  cluster: Cluster<A>,
  options: RunLocalOptions = {},
): Promise<A> {
  refuseInWorker("runClusterLocal");
  const { here } = await import("./jobs-here.ts");
  return await runJobLocal(info, here(cluster), options);
}

/** What `clusterProgram` is given: as `program` of job is, but its `run` gives a `Cluster`, and its `runOptions` are those of `runCluster`. */
export type ClusterProgramDefinition<S extends StandardSchemaV1 = NoOptions, A = unknown> = ProgramDefinition<
  S,
  A,
  ClusterEnv,
  ClusterOptions
>;

/**
 * Defines the program of this file, whose work calls Slurm jobs, and runs it if the file is the one that Node was started with: as
 * `program` of job does, with the same options of the command line. It runs in the allocation that it is in, else by `runCluster`
 * where there is an sbatch, else on this machine, which it says; `--local` and `--slurm` say which.
 *
 * @example
 * export default clusterProgram(import.meta, {
 *   options: z.object({ points: z.int().default(20) }),
 *   run: ({ points }): Cluster<void> => local(setJobType({ nodes: 2 }), allRoots(points)),
 * });
 */
export function clusterProgram<A, S extends StandardSchemaV1 = NoOptions>(
  meta: ProgramMeta,
  definition: ClusterProgramDefinition<S, A>,
): ClusterProgramDefinition<S, A> {
  if (meta.main === true) setImmediate(() => void start(meta, definition));
  return definition;
}

async function start<A, S extends StandardSchemaV1>(
  meta: ProgramMeta,
  definition: ClusterProgramDefinition<S, A>,
): Promise<void> {
  const [{ runCommandLine }, { clusterRunner }] = await Promise.all([
    import("@hyperion-ts/job/program"),
    import("./cluster-runner.ts"),
  ]);
  await runCommandLine(meta, definition, clusterRunner);
}

/** What matters to Slurm alone is of no use there. */
export const runOptions = ({
  maxSlurmJobs: _jobs,
  sbatchOptions: _options,
  longestPauseMs: _pause,
  dryRun: _dry,
  attach: _attach,
  onFailure: _onFailure,
  onHold: _onHold,
  ...options
}: ClusterOptions): RunSlurmOptions => options;
