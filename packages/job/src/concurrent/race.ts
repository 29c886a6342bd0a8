/** The first of several jobs. */
import type { HasSignal } from "../capabilities.ts";
import type { Job } from "../job.ts";
import type { JobEnv } from "../job-env.ts";
import { withGroup } from "./group.ts";

/** Why the other jobs of a race are aborted. */
export class RaceLostError extends Error {
  override readonly name = "RaceLostError";
  readonly code = "race-lost";

  constructor() {
    super("Another job of the race ended first");
  }
}

/** The result, or the failure, of the job that ends first; the others are aborted, and have ended when it resolves. */
export const race =
  <A, B, R extends HasSignal = JobEnv, S extends HasSignal = JobEnv>(
    first: Job<A, R>,
    second: Job<B, S>,
  ): Job<A | B, R & S> =>
  (env) =>
    withGroup<A | B, R & S>(env, (group) => {
      const { promise, resolve, reject } = Promise.withResolvers<A | B>();
      const settle = (end: () => void): void => {
        end();
        group.end(new RaceLostError());
      };
      const run = (job: Job<A | B, R & S>): void => {
        void group.start(
          job,
          (value) => settle(() => resolve(value)),
          (error) => settle(() => reject(error)),
        );
      };
      run(first);
      run(second);
      return promise;
    });
