/** Changes of the environment that say what each remote call may use. Made for `local`. */
import type { HasLauncher } from "./capabilities.ts";
import type { TaskOptions } from "./dispatch/task-launcher.ts";

type Change = <R extends HasLauncher>(env: R) => R;

/**
 * Each call has `cpus` CPUs of one node. (Hyperion.Job: setTaskCpus)
 *
 * @example
 * local(setTaskCpus(4), remoteEval(f, x))
 */
export const setTaskCpus =
  (cpus: number): Change =>
  (env) => ({ ...env, taskCpus: cpus });

const setOption =
  (options: TaskOptions): Change =>
  (env) => ({ ...env, taskOptions: { ...env.taskOptions, ...options } });

/** Each call has `gpus` GPUs, named by CUDA_VISIBLE_DEVICES, or by what else its job has in its place (ROCR_VISIBLE_DEVICES, ...). Default 0. */
export const setTaskGpus = (gpus: number): Change => setOption({ gpus });

/** Each call has `memoryMb` megabytes of its node, and its worker's heap is bounded by them: with less than about 16, Node.js itself does not start. */
export const setTaskMemory = (memoryMb: number): Change => setOption({ memoryMb });

/** Calls with a higher priority are served first. Default 0. */
export const setTaskPriority = (priority: number): Change => setOption({ priority });

/** Calls run on this node only. */
export const setTaskNode = (node: string): Change => setOption({ node });

/** A call that runs longer is ended and fails. null: no limit (the default). */
export const setTaskTimeLimit = (timeLimitMs: number | null): Change => setOption({ timeLimitMs });

/** How often a call is tried when its worker dies or its node is lost. Default 3. */
export const setTaskAttempts = (attempts: number): Change => setOption({ attempts });

/** Whether each call gets a worker process of its own, as in Hyperion, instead of a warm one. Default false. */
export const setFreshWorkers = (freshWorker: boolean): Change => setOption({ freshWorker });
