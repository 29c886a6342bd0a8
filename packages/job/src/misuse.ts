/** What a person is told who has taken one thing for another: found where it fails, so that what is right costs nothing. */
import { refuseInWorker } from "@hyperion-ts/remote";

/** What to throw in place of `error`, which a call of `functionName` in `env` ended with. */
export function calledIn(env: unknown, functionName: string, error: unknown): unknown {
  if (typeof env === "object" && env !== null && "taskLauncher" in env && env.taskLauncher !== undefined) return error;
  const call = `remoteEval of ${JSON.stringify(functionName)}`;
  try {
    refuseInWorker(call);
  } catch (nested) {
    return nested;
  }
  return new TypeError(
    `${call} was given no environment (${env === undefined ? "undefined" : "it has no taskLauncher"}): a job is a function of the environment that its run gives it, as in (env) => remoteEval(f, x)(env)`,
    { cause: error },
  );
}

/** Throws unless `job` is a Job; `place` says who was given it. */
export function checkJob(place: string, job: unknown): void {
  if (typeof job === "function") return;
  throw new TypeError(`${place}: the job must be a function of the environment, ${whatInstead(job)}`);
}

function whatInstead(job: unknown): string {
  if (job === undefined) return "and not undefined: does the function that makes it return it?";
  if (!(job instanceof Promise)) return `and not ${job === null ? "null" : `a value of the type ${typeof job}`}`;
  // It may fail, too, and nobody waits for it.
  job.catch(() => undefined);
  return 'and not a promise: drop "async" before the function that makes it, and return the job itself, as in (x) => remoteEval(f, x)';
}
