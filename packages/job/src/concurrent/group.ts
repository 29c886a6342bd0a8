/**
 * A group of jobs that run at the same time. Nobody outlives the group: it ends when all of them have ended, and when
 * one fails, or the group's own signal aborts, the others are aborted and waited for.
 */
import type { HasSignal } from "../capabilities.ts";
import type { Job } from "../job.ts";
import { checkJob } from "../misuse.ts";
import { type HasInputTally, InputTally } from "./input-tally.ts";

/** Jobs that run at the same time, and end together. */
export interface Group<R extends HasSignal> {
  /** The members' environment: the group's own signal in place of the outer one. */
  readonly env: R;
  /** Starts a job, and hands its result to `done`, its failure to `failed` (default: it ends the group). The promise never rejects: it resolves to true when the job has succeeded. */
  start<B>(job: Job<B, R>, done: (value: B) => void, failed?: (error: unknown) => void): Promise<boolean>;
  /** Aborts all members. */
  end(reason: unknown): void;
  /** The first failure, if there was one. */
  readonly failure: { readonly error: unknown } | undefined;
}

/**
 * Runs `body` with a group; when it has ended, so have all members. Where a member is started for each of `inputs`, it is
 * known how many are to come.
 *
 * @throws the first failure of a member or of `body`; the outer signal's reason when it has aborted.
 */
export async function withGroup<A, R extends HasSignal>(
  env: R,
  body: (group: Group<R>) => Promise<A>,
  inputs?: Iterable<unknown> | AsyncIterable<unknown>,
): Promise<A> {
  env.signal.throwIfAborted();
  const group = new OpenGroup(env, inputs === undefined ? undefined : new InputTally(inputs, outerTally(env)));
  const abort = (): void => group.end(env.signal.reason);
  env.signal.addEventListener("abort", abort, { once: true });
  try {
    return await group.join(body(group));
  } finally {
    env.signal.removeEventListener("abort", abort);
  }
}

class OpenGroup<R extends HasSignal> implements Group<R> {
  readonly env: R;
  failure: { readonly error: unknown } | undefined;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #empty = Promise.withResolvers<void>();
  readonly #tally: InputTally | undefined;
  #members = 0;
  #joining = false;

  constructor(env: R, tally: InputTally | undefined) {
    this.#outer = env.signal;
    this.#tally = tally;
    const own: HasInputTally = tally === undefined ? {} : { inputTally: tally };
    this.env = { ...env, ...own, signal: this.#controller.signal };
  }

  async start<B>(job: Job<B, R>, done: (value: B) => void, failed?: (error: unknown) => void): Promise<boolean> {
    this.#members += 1;
    this.#tally?.took();
    try {
      if (typeof job !== "function") checkJob("mapConcurrently, or another group", job);
      done(await job(this.env));
      return true;
    } catch (error) {
      if (failed === undefined) this.#fail(error);
      else failed(error);
      return false;
    } finally {
      this.#members -= 1;
      this.#tally?.finished();
      if (this.#joining && this.#members === 0) this.#empty.resolve();
    }
  }

  end(reason: unknown): void {
    this.#tally?.drop();
    this.#controller.abort(reason);
  }

  /** Waits for the body and then for all members. */
  async join<A>(body: Promise<A>): Promise<A> {
    let result: { readonly value: A } | undefined;
    try {
      result = { value: await body };
    } catch (error) {
      this.#fail(error);
    }
    this.#joining = true;
    if (this.#members > 0) await this.#empty.promise;
    if (this.#outer.aborted) throw this.#outer.reason;
    if (this.failure !== undefined) throw this.failure.error;
    if (result === undefined) throw new Error("A group ended without a result and without a failure");
    this.#tally?.complete();
    return result.value;
  }

  #fail(error: unknown): void {
    this.failure ??= { error };
    this.#tally?.drop();
    this.#controller.abort(error);
  }
}

const outerTally = (env: object): InputTally | undefined =>
  "inputTally" in env && env.inputTally instanceof InputTally ? env.inputTally : undefined;
