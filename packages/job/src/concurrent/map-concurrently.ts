/** Jobs over many inputs at once. (Hyperion: Concurrent.hs) */
import { checkValue, whole } from "@hyperion-ts/bounds";
import type { HasSignal } from "../capabilities.ts";
import type { Job } from "../job.ts";
import type { JobEnv } from "../job-env.ts";
import { checkInputs } from "../misuse.ts";
import { type Group, withGroup } from "./group.ts";

/**
 * Runs `f` on all inputs at once and gives the results in the inputs' order. The first failure aborts the others and is
 * rethrown when they have ended. All inputs are started at once and wait for CPUs: for millions of them use
 * `streamConcurrently` or `forConcurrently_`, which hold a window.
 *
 * @throws TypeError when `inputs` is not iterable, or `f` no function; the job: the first failure.
 * @example
 * const squares = await mapConcurrently([1, 2, 3], (x) => remoteEval(square, x))(env);
 */
export function mapConcurrently<A, B, R extends HasSignal = JobEnv>(
  inputs: Iterable<A>,
  f: (input: A, index: number) => Job<B, R>,
): Job<B[], R> {
  checkInputs("mapConcurrently", inputs, f);
  return async (env) => {
    const items = [...inputs];
    const body = async (group: Group<R>): Promise<B[]> => {
      const results = Array.from<B>({ length: items.length });
      await Promise.all(items.map((input, i) => group.start(f(input, i), (value) => (results[i] = value))));
      return results;
    };
    return withGroup(env, body, items);
  };
}

/**
 * Runs `f` on all inputs at once and keeps what succeeded: a failure does not end the others. An abort does, and is
 * rethrown.
 */
export function mapConcurrentlySettled<A, B, R extends HasSignal = JobEnv>(
  inputs: Iterable<A>,
  f: (input: A, index: number) => Job<B, R>,
): Job<PromiseSettledResult<B>[], R> {
  checkInputs("mapConcurrentlySettled", inputs, f);
  return async (env) => {
    const items = [...inputs];
    const body = async (group: Group<R>): Promise<PromiseSettledResult<B>[]> => {
      const results = Array.from<PromiseSettledResult<B>>({ length: items.length });
      const start = (input: A, i: number): Promise<boolean> =>
        group.start(
          f(input, i),
          (value) => (results[i] = { status: "fulfilled", value }),
          (reason) => (results[i] = { status: "rejected", reason }),
        );
      await Promise.all(items.map(start));
      return results;
    };
    return withGroup(env, body, items);
  };
}

/**
 * `mapConcurrently` under its other name in Hyperion: there it takes the inputs first and `mapConcurrently` the function, here
 * both take the inputs first. It reads as a loop, "for each of these inputs", before a long function.
 */
export const forConcurrently = mapConcurrently;

/** Gives the two results, of jobs that run at the same time. The first failure aborts the other. */
export const concurrently =
  <A, B, R extends HasSignal = JobEnv, S extends HasSignal = JobEnv>(
    first: Job<A, R>,
    second: Job<B, S>,
  ): Job<[A, B], R & S> =>
  (env) =>
    withGroup(env, async (group) => {
      let a: { readonly value: A } | undefined;
      let b: { readonly value: B } | undefined;
      await Promise.all([
        group.start(first, (value) => (a = { value })),
        group.start(second, (value) => (b = { value })),
      ]);
      if (a === undefined || b === undefined) throw group.failure?.error;
      return [a.value, b.value];
    });

/**
 * Runs `job` `count` times at once.
 *
 * @throws RangeError unless `count` is a whole number of at least 0.
 */
export const replicateConcurrently = <A, R extends HasSignal = JobEnv>(count: number, job: Job<A, R>): Job<A[], R> =>
  mapConcurrently(Array.from({ length: checkValue("replicateConcurrently", "count", count, whole(0)) }), () => job);
