/** The attempts of a call: nearly all have one, which is made with as little as can be; the others are made one after the other. */
import { CallError, type CallReason } from "./call-error.ts";
import type { CallHolder, HasWorkers } from "./capabilities.ts";
import { TaskError } from "./dispatch/task-error.ts";
import type { TaskCall, TaskCaller, TaskLauncher, TaskRequest } from "./dispatch/task-launcher.ts";
import { describeLost } from "./lost-call.ts";
import { calledIn } from "./misuse.ts";
import { withLongStack } from "./user-stack.ts";

const DEFAULT_ATTEMPTS = 3;

/** A call with its input, as it is and encoded. */
export interface EncodedCall {
  readonly env: HasWorkers;
  readonly fn: TaskCall["fn"];
  readonly value: unknown;
  readonly input: Uint8Array;
}

/** What the function gives, in as many attempts as the call may have. @throws as `remoteEval` does. */
export function answerOf<A>(call: EncodedCall): Promise<A> {
  const holder = holderOf(call.env);
  if (holder === undefined) return attemptsOf(call);
  const { env, fn, value, input } = call;
  return holder.answer({ env, fn, input: () => ({ value, encoded: input }) }, (changed) =>
    attemptsOf<A>({ ...call, env: changed }),
  );
}

/** Who holds a call of this environment if it fails for good; undefined: its caller gets the error. */
export const holderOf = (env: Partial<HasWorkers> | undefined): CallHolder | undefined =>
  // That there is none, or no whole one, is told where the call is made.
  env?.taskOptions?.onFailure === "hold" ? env.callHolder : undefined;

const attemptsOf = <A>(call: EncodedCall): Promise<A> =>
  new Promise((resolve) => new FirstAttempt<A>(call, resolve).begin());

/** The first attempt of a call, which is the last one of nearly all: one object, and one promise. */
class FirstAttempt<A> implements TaskCaller {
  readonly #call: EncodedCall;
  readonly #resolve: (answer: A | Promise<A>) => void;

  constructor(call: EncodedCall, resolve: (answer: A | Promise<A>) => void) {
    this.#call = call;
    this.#resolve = resolve;
  }

  begin(): void {
    const { env, fn, input } = this.#call;
    try {
      env.noteCode?.(fn.name);
      const { taskLauncher } = env;
      const asked = requestOf(env, fn.name, 1, false);
      if (taskLauncher.evaluate === undefined) void evaluate(taskLauncher, asked, { fn, input, attempt: 1 }, this);
      else taskLauncher.evaluate(asked, { fn, input, attempt: 1 }, this);
    } catch (error) {
      this.#resolve(Promise.reject(calledIn(env, fn, error)));
    }
  }

  resolved(value: unknown): void {
    this.#resolve(value as A);
  }

  rejected(error: unknown): void {
    this.#resolve(afterFailure(this.#call, error) as Promise<A>);
  }
}

/** What `TaskLauncher.evaluate` does, by a launcher that has only `launch`. */
async function evaluate(launcher: TaskLauncher, asked: TaskRequest, call: TaskCall, caller: TaskCaller): Promise<void> {
  try {
    using worker = await launcher.launch(asked);
    caller.resolved(await worker.run(call));
  } catch (error) {
    caller.rejected(error);
  }
}

/** The further attempts of a call whose first one ended with `error`. */
async function afterFailure({ env, fn, value, input }: EncodedCall, error: unknown): Promise<unknown> {
  // The promise that this one settles takes it over in the meantime: only then an error's stack knows who waits for it.
  await Promise.resolve();
  await Promise.resolve();
  let first = nextAttempt(env, { fn, input: value, attempt: 1 }, error) === "first";
  let before = error;
  for (let attempt = 2; ; attempt += 1) {
    try {
      env.noteCode?.(fn.name);
      using worker = await env.taskLauncher.launch({
        ...requestOf(env, fn.name, attempt, first),
        again: againAfter(before, attempt),
      });
      return await worker.run({ fn, input, attempt });
    } catch (failure) {
      first = nextAttempt(env, { fn, input: value, attempt }, failure) === "first";
      before = failure;
    }
  }
}

/** What attempt number `attempt` says of the one before it, for whoever asks why it waits. */
export const againAfter = (before: unknown, attempt: number): NonNullable<TaskRequest["again"]> => ({
  attempt,
  why: before instanceof Error ? before.message : String(before),
});

/** What attempt number `attempt` asks for; `first`: it has to be the first call in its worker. */
export const requestOf = (env: HasWorkers, functionName: string, attempt: number, first: boolean): TaskRequest => ({
  cpus: env.taskCpus,
  options: env.taskOptions,
  signal: env.signal,
  functionName,
  first,
  last: attempt >= allAttempts(env),
  tally: env.inputTally,
});

const allAttempts = (env: HasWorkers): number => env.taskOptions.attempts ?? DEFAULT_ATTEMPTS;

/** A call that was made, and failed. */
interface FailedCall {
  readonly fn: { readonly name: string };
  readonly input: unknown;
  readonly attempt: number;
}

/**
 * Says in which worker the call may be made again; otherwise throws what its caller gets. Of a worker that has just died
 * nobody may know whether this call or an earlier one was to blame: in the next one it is the first.
 */
export function nextAttempt(env: HasWorkers, call: FailedCall, error: unknown): "first" | "any" {
  const { fn, attempt } = call;
  if (!(error instanceof TaskError)) throw calledIn(env, fn, error);
  const { node } = error.place;
  const all = allAttempts(env);
  if (error.retryable && attempt < all) {
    env.events.emit({ type: "call-retried", functionName: fn.name, node, attempt, why: error.message });
    return error.failure.kind === "lost" && error.failure.death.kind !== "node-lost" ? "first" : "any";
  }
  const failed = callError(call, error.retryable ? all : attempt, error, env.taskOptions.memoryMb);
  if (holderOf(env) === undefined) tellFailed(env, failed);
  throw failed;
}

/** Tells that the caller gets this error. */
export function tellFailed({ events }: HasWorkers, { reason, site, message }: CallError): void {
  const { functionName, node, attempt } = site;
  events.emit({ type: "call-failed", functionName, node, attempt, reason: reason.kind, message });
}

/** `attempts` is how many there may be, `memoryMb` what each of them has reserved. */
function callError(
  { fn, input, attempt }: FailedCall,
  attempts: number,
  error: TaskError,
  memoryMb: number | undefined,
): CallError {
  const { node, cpuIds, logFile, ranMs } = error.place;
  const detail =
    error.failure.kind === "lost"
      ? describeLost(error.failure.death, error.message, attempts, memoryMb)
      : error.message;
  const options = error.cause === undefined ? undefined : { cause: error.cause };
  return withLongStack(
    () =>
      new CallError(
        reasonOf(error),
        { functionName: fn.name, node, cpuIds, attempt, attempts, logFile, ranMs },
        { detail, input },
        options,
      ),
  );
}

function reasonOf({ failure }: TaskError): CallReason {
  switch (failure.kind) {
    case "failed":
      return { kind: failure.failure.kind };
    case "lost":
      return { kind: "worker-died", death: failure.death };
    case "not-started":
    case "no-node":
    case "run-ended":
    case "cancelled":
      return { kind: failure.kind };
    case "over-memory":
      return { kind: "over-memory", memoryMb: failure.memoryMb, usedMb: failure.usedMb };
    case "timed-out":
      return { kind: "timed-out", timeLimitMs: failure.timeLimitMs };
    default:
      return failure satisfies never;
  }
}
