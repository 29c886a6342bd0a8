/**
 * A Job: async code that reads an environment. Nothing more than that (Hyperion: `ReaderT JobEnv Process`):
 * any async function of the environment is one, and jobs are put together with ordinary async code.
 */
import type { JobEnv } from "./job-env.ts";
import { changed, checkJob } from "./misuse.ts";

/** A computation that needs the environment `R` and gives an `A`. */
export type Job<A, R = JobEnv> = (env: R) => Promise<A>;

/** The job that gives `value`. */
export const pure =
  <A>(value: A): Job<A, unknown> =>
  async () =>
    value;

/** Runs `job`, then the job that `next` makes of its result. */
export const bind =
  <A, B, R, S>(job: Job<A, R>, next: (value: A) => Job<B, S>): Job<B, R & S> =>
  async (env) => {
    const following = next(await job(env));
    checkJob("bind", following);
    return following(env);
  };

/**
 * Runs `job` in a changed environment.
 *
 * @example
 * local(setTaskCpus(4), remoteEval(f, x))
 * local((env) => setTaskMemory(1024)(setTaskCpus(4)(env)), remoteEval(f, x)) // or setTask({ cpus: 4, memoryMb: 1024 })
 */
// R has a default because a change that is a function of its own is read before the job, where that has functions in it.
export function local<A, R = JobEnv>(change: (env: NoInfer<R>) => R, job: Job<A, R>): Job<A, R>;
/** The same, where the change makes another kind of environment. */
export function local<A, R, S>(change: (env: R) => S, job: Job<A, S>): Job<A, R>;
export function local<A, R, S>(change: (env: R) => S, job: Job<A, S>): Job<A, R> {
  return async (env) => {
    checkJob("local", job);
    return job(changed(change, env));
  };
}
