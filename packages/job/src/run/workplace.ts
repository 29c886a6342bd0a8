/** Where the calls of a job go: real nodes, or this process. */
import type { HoldDesk } from "@hyperion-ts/control/serve";
import type { TaskLauncher } from "../dispatch/task-launcher.ts";
import type { Job } from "../job.ts";
import type { JobEnv } from "../job-env.ts";
import { tellUnrunJobs } from "../misuse.ts";
import type { ProgramInfo } from "../program-info.ts";
import { LazyCallHolds } from "./lazy-call-holds.ts";
import type { NodePool } from "./node-pool.ts";
import type { OldCodeNews } from "./old-code-news.ts";
import { type ProgramRunOptions, runProgram } from "./program-run.ts";
import type { HoldOptions } from "./run-options.ts";
import type { ProgramEnv, Work } from "./work.ts";

/** What runs calls, and what a job may know of it. */
export interface Workplace extends Work {
  /** Finds a worker for each call. */
  readonly taskLauncher: TaskLauncher;
  /** What a job sees of it. */
  readonly env: Pick<JobEnv, "pool" | "nodeLaunchers" | "cpusPerNode" | "connect" | "endTimeMs">;
}

/** The nodes of `nodePool` as a workplace, which has it from now on. */
export const workplaceOver = (nodePool: NodePool, oldCode: OldCodeNews, endTimeMs: number | null): Workplace => ({
  taskLauncher: nodePool.dispatcher,
  env: {
    pool: nodePool.pool,
    nodeLaunchers: nodePool.nodes,
    cpusPerNode: nodePool.cpusPerNode,
    connect: async () => undefined,
    endTimeMs,
  },
  drain: () => nodePool.dispatcher.drain(),
  openCalls: nodePool.dispatcher.openCalls,
  counts: () => nodePool.dispatcher.counts(),
  whyWaiting: () => nodePool.dispatcher.whyWaiting(),
  news: () => oldCode.take(),
  [Symbol.asyncDispose]: () => nodePool[Symbol.asyncDispose](),
});

/** Runs `job` as one run of the program, in a workplace that `open` makes. Settles as `runProgram` does. */
export const runInWorkplace = <A>(
  info: ProgramInfo,
  job: Job<A>,
  options: ProgramRunOptions & HoldOptions,
  open: (env: ProgramEnv) => Promise<Workplace>,
): Promise<A> => {
  const { onFailure, onHold } = options;
  const withHolds = async (env: ProgramEnv): Promise<Workplace & { readonly callHolder: LazyCallHolds }> => {
    const callHolder = await LazyCallHolds.open(env, onHold);
    const holds = (): HoldDesk | undefined => callHolder.desk;
    return { ...(await open(env)), callHolder, holds };
  };
  return runProgram(info, options, withHolds, async (env, { env: here, taskLauncher, callHolder }) => {
    const taskOptions = onFailure === undefined ? {} : { onFailure };
    const value = await job({ ...env, ...here, taskLauncher, taskCpus: 1, taskOptions, callHolder });
    tellUnrunJobs(value, env.log);
    return value;
  });
};
