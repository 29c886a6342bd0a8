/**
 * Changes of the environment that say what each remote call may use. Made for `local`. Each throws, when it is called and
 * not when it is used, a RangeError for a value beyond its bounds and a TypeError for one of another type.
 */
import {
  checkOptions,
  checkValue,
  duration,
  finite,
  flag,
  nonEmpty,
  nullOr,
  oneOf,
  type Rules,
  whole,
} from "@hyperion-ts/bounds";
import type { HasLauncher } from "./capabilities.ts";
import type { TaskOptions } from "./dispatch/task-launcher.ts";

/** A changed environment of the same kind, whatever else is in it. */
type Change = <R extends HasLauncher>(env: R) => R;

/** What each call may use. What is left out, or undefined, stays as it is. */
export interface TaskSettings extends TaskOptions {
  /** How many CPUs of one node, 1 at least. Default 1. */
  readonly cpus?: number;
  /** Megabytes of its node for each call; see `setTaskMemory`. Default 0: not counted. */
  readonly memoryMb?: number;
  /**
   * What happens when a worker holds more than `memoryMb`: `"tell"` (the default) says so in an event, `"end"` also ends the
   * call, which fails and is not tried again. With `"end"` each call has a worker process of its own.
   */
  readonly memoryLimit?: "tell" | "end";
  /**
   * What happens to a call that fails for good: its caller gets the error (`"reject"`), or it is held, and waits until a person
   * has it made again, with other CPUs, memory or time if need be, or gives it up (`hyperion holds`). Default: the run's `onFailure`.
   */
  readonly onFailure?: "reject" | "hold";
}

/**
 * Several settings at once.
 *
 * @throws TypeError or RangeError, which name the setting, when one is wrong or unknown.
 * @example
 * local(setTask({ cpus: 2, memoryMb: 1024, timeLimitMs: 60_000 }), remoteEval(f, x))
 */
export function setTask(settings: TaskSettings): Change {
  checkOptions("setTask", settings, RULES);
  const { cpus, ...given } = settings;
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return (env) => ({ ...env, taskCpus: cpus ?? env.taskCpus, taskOptions: { ...env.taskOptions, ...options } });
}

const positive = whole(1);
const natural = whole(0);

const RULES: Rules<TaskSettings> = {
  cpus: positive,
  gpus: natural,
  memoryMb: natural,
  memoryLimit: oneOf("tell", "end"),
  priority: finite,
  timeLimitMs: nullOr(duration()),
  attempts: positive,
  onFailure: oneOf("reject", "hold"),
  freshWorker: flag,
  node: nonEmpty,
};

/** The change of one option, whose value is checked at once: where it was written, and not when it is used. */
function setOption<K extends keyof TaskOptions>(setter: string, option: K, value: TaskOptions[K]): Change {
  checkValue(setter, option, value, RULES[option]);
  return (env) => ({ ...env, taskOptions: { ...env.taskOptions, [option]: value } });
}

/**
 * Each call has `cpus` CPUs of one node, 1 at least. (Hyperion.Job: setTaskCpus)
 *
 * @example
 * local(setTaskCpus(4), remoteEval(f, x))
 */
export function setTaskCpus(cpus: number): Change {
  checkValue("setTaskCpus", "cpus", cpus, positive);
  return (env) => ({ ...env, taskCpus: cpus });
}

/** Each call has `gpus` GPUs, named by CUDA_VISIBLE_DEVICES, or by what else its job has in its place (ROCR_VISIBLE_DEVICES, ...): a whole number. Default 0. */
export const setTaskGpus = (gpus: number): Change => setOption("setTaskGpus", "gpus", gpus);

/**
 * Each call has `memoryMb` megabytes of its node, a whole number, and its worker's heap is bounded by them: with less than
 * about 16, Node.js itself does not start. 0: not counted (the default). What is beside the heap (typed arrays, native
 * libraries, some 50 MB of Node itself) is watched: a worker that holds more than its share is named, once a call, and with
 * `setTask({ memoryLimit: "end" })` such a call fails. Programs of `ctx.exec` are not counted.
 */
export const setTaskMemory = (memoryMb: number): Change => setOption("setTaskMemory", "memoryMb", memoryMb);

/** Calls with a higher priority, any finite number, are served first. Default 0. */
export const setTaskPriority = (priority: number): Change => setOption("setTaskPriority", "priority", priority);

/** Calls run on this node only. */
export const setTaskNode = (node: string): Change => setOption("setTaskNode", "node", node);

/** A call that runs longer, in milliseconds above 0, is ended and fails. null or Infinity: no limit (null is the default). */
export const setTaskTimeLimit = (timeLimitMs: number | null): Change =>
  setOption("setTaskTimeLimit", "timeLimitMs", timeLimitMs);

/** How often a call is tried when its worker dies or its node is lost: once at least. Default 3. */
export const setTaskAttempts = (attempts: number): Change => setOption("setTaskAttempts", "attempts", attempts);

/** Whether each call gets a worker process of its own, as in Hyperion, instead of a warm one. Default false. */
export const setFreshWorkers = (freshWorker: boolean): Change =>
  setOption("setFreshWorkers", "freshWorker", freshWorker);
