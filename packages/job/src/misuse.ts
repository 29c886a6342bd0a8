/** What a person is told who has taken one thing for another: found where it fails, so that what is right costs nothing. */
import { showValue } from "@hyperion-ts/bounds";
import { refuseInWorker } from "@hyperion-ts/remote";
import { withLongStack } from "./user-stack.ts";

/** What to throw in place of `error`, which a call of `fn` in `env` ended with. */
export function calledIn(env: unknown, fn: { readonly name: string }, error: unknown): unknown {
  if (!isRemoteFunction(fn))
    return new TypeError(
      `remoteEval: the function must be one that defineRemote has made, not ${showValue(fn)}: export const f = defineRemote(import.meta, { name, input, output, run }), and then remoteEval(f, x)`,
    );
  if (typeof env === "object" && env !== null && "taskLauncher" in env && env.taskLauncher !== undefined) return error;
  const call = `remoteEval of ${JSON.stringify(fn.name)}`;
  try {
    withLongStack(() => refuseInWorker(call));
  } catch (nested) {
    return nested;
  }
  return new TypeError(
    `${call} was given no environment (${env === undefined ? "undefined" : "it has no taskLauncher"}): a job is a function of the environment that its run gives it, as in (env) => remoteEval(f, x)(env)`,
  );
}

const isRemoteFunction = (fn: unknown): boolean =>
  typeof fn === "object" && fn !== null && "module" in fn && "input" in fn;

/**
 * Checks that there is something to go through, and a function that makes a job of each; `place` says who was given them.
 *
 * @throws TypeError when one of them is something else.
 */
export function checkInputs(place: string, inputs: unknown, f: unknown): void {
  const goesThrough =
    typeof inputs === "string" ||
    (typeof inputs === "object" && inputs !== null && (Symbol.iterator in inputs || Symbol.asyncIterator in inputs));
  if (!goesThrough)
    throw new TypeError(`${place}: the inputs must be an array, or another iterable, not ${showValue(inputs)}`);
  if (typeof f !== "function")
    throw new TypeError(
      `${place}: what makes a job of each input must be a function, as in (x) => remoteEval(f, x), not ${showValue(f)}`,
    );
}

/**
 * The environment that `change` makes of `env`.
 *
 * @throws TypeError when `change` is no function, or gives no environment.
 */
export function changed<R, S>(change: (env: R) => S, env: R): S {
  if (typeof change !== "function")
    throw new TypeError(
      `local: the change must be a function of the environment, such as setTask({ cpus: 2 }), not ${showValue(change)}`,
    );
  const inner = change(env);
  if (typeof inner !== "object" || inner === null)
    throw new TypeError(
      `local: the change must return the changed environment, and it returned ${showValue(inner)}: (env) => setTaskCpus(2)(env), or just setTaskCpus(2)`,
    );
  return inner;
}

/** Tells people whose job has given jobs in place of results: these jobs never ran. */
export function tellUnrunJobs(result: unknown, tell: (message: string) => void): void {
  const isJob = (value: unknown): boolean => typeof value === "function";
  if (!isJob(result) && !(Array.isArray(result) && result.some(isJob))) return;
  tell(
    `⚠ The job's result ${isJob(result) ? "is a function" : "holds functions"}. If these are jobs, they did not run: a job runs when it is given the environment, as in await remoteEval(f, x)(env). mapConcurrently(inputs, (x) => remoteEval(f, x)) makes one job of many`,
  );
}

/**
 * Checks that `job` is a Job; `place` says who was given it.
 *
 * @throws TypeError when it is something else.
 */
export function checkJob(place: string, job: unknown): void {
  if (typeof job === "function") return;
  throw new TypeError(`${place}: the job must be a function of the environment, ${whatInstead(job)}`);
}

function whatInstead(job: unknown): string {
  if (job === undefined) return "and not undefined: does the function that makes it return it?";
  if (Array.isArray(job))
    return "and not an array: mapConcurrently(inputs, (x) => remoteEval(f, x)) makes one job of many";
  if (!(job instanceof Promise)) return `and not ${job === null ? "null" : `a value of the type ${typeof job}`}`;
  // It may fail, too, and nobody waits for it.
  job.catch(() => undefined);
  return 'and not a promise: drop "async" before the function that makes it, leave calling it to the run, and return the job itself, as in (x) => remoteEval(f, x)';
}
