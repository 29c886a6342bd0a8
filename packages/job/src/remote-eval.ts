/** Calling a remote function from a job. (Hyperion: remoteEval, remoteEvalM) */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { checkInput, InvalidValueError, type RemoteFunction } from "@hyperion-ts/remote";
import { encodeValue } from "@hyperion-ts/wire";
import { CallError, type CallReason } from "./call-error.ts";
import type { HasWorkers } from "./capabilities.ts";
import { TaskError } from "./dispatch/task-error.ts";
import type { TaskRequest, TaskWorker } from "./dispatch/task-launcher.ts";
import type { Job } from "./job.ts";
import { describeLost } from "./lost-call.ts";
import { calledIn } from "./misuse.ts";
import { withLongStack } from "./user-stack.ts";

const DEFAULT_ATTEMPTS = 3;

type Input<I extends StandardSchemaV1> = StandardSchemaV1.InferInput<I>;

/**
 * Runs `fn` on `input` in a worker that has `taskCpus` CPUs of some node, and gives what it returned.
 *
 * The input is checked here and parsed in the worker. A call whose worker died, or whose node was lost, is made
 * again elsewhere, three times in all (`setTaskAttempts`).
 *
 * @throws InvalidValueError when the schema refuses the input; NeverFitsError when no node has so many CPUs;
 *   CallError when the call failed; the signal's reason when it was aborted.
 * @example
 * const [low, high] = await remoteEval(bracketRoot, { n: 2, x: 2, eps: 1e-9 })(env);
 */
export const remoteEval =
  <I extends StandardSchemaV1, O extends StandardSchemaV1>(
    fn: RemoteFunction<I, O>,
    input: NoInfer<Input<I>>,
  ): Job<StandardSchemaV1.InferInput<O>, HasWorkers> =>
  (env) => {
    const checked = tryCheck(env, fn, input);
    return checked instanceof Promise
      ? checked.then((value) => attempts(env, fn, value, encodeValue(value)))
      : attempts(env, fn, input, checked);
  };

/**
 * `remoteEval` whose input is computed when a worker is ready for it, once, and kept over retries: for inputs that
 * are large, or that should be as late as possible.
 *
 * @throws what `remoteEval` and `input` throw.
 */
export const remoteEvalM =
  <I extends StandardSchemaV1, O extends StandardSchemaV1, R>(
    fn: RemoteFunction<I, O>,
    input: Job<NoInfer<Input<I>>, R>,
  ): Job<StandardSchemaV1.InferInput<O>, HasWorkers & R> =>
  async (env) => {
    let value: Input<I> | undefined;
    let encoded: Uint8Array | undefined;
    const compute = async (): Promise<Uint8Array> => {
      if (encoded !== undefined) return encoded;
      value = await input(env);
      encoded = encodeValue(await checkInput(fn, value));
      return encoded;
    };
    let first = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        env.noteCode?.(fn.name);
        using worker = await env.taskLauncher.launch({ ...request(env, fn.name, attempt, first), ahead: false });
        return await worker.run({ fn, input: await compute(), attempt });
      } catch (error) {
        first = nextAttempt(env, { fn, input: value, attempt }, error) === "first";
      }
    }
  };

async function attempts<I extends StandardSchemaV1, O extends StandardSchemaV1>(
  env: HasWorkers,
  fn: RemoteFunction<I, O>,
  value: unknown,
  input: Uint8Array,
): Promise<StandardSchemaV1.InferInput<O>> {
  let first = false;
  for (let attempt = 1; ; attempt += 1) {
    let worker: TaskWorker | undefined;
    try {
      env.noteCode?.(fn.name);
      worker = await env.taskLauncher.launch(request(env, fn.name, attempt, first));
      return await worker.run({ fn, input, attempt });
    } catch (error) {
      first = nextAttempt(env, { fn, input: value, attempt }, error) === "first";
    } finally {
      // By hand: `using` costs as much as all else here.
      worker?.[Symbol.dispose]();
    }
  }
}

/** The encoded input, at once where the schema is synchronous; a value that is refused is a rejection, as all failures are. */
function tryCheck(
  env: HasWorkers,
  fn: Parameters<typeof checkInput>[0],
  input: unknown,
): Uint8Array | Promise<unknown> {
  try {
    const checked = checkInput(fn, input);
    return checked instanceof Promise ? checked : encodeValue(input);
  } catch (error) {
    return Promise.reject(error instanceof InvalidValueError ? error : calledIn(env, fn, error));
  }
}

const request = (env: HasWorkers, functionName: string, attempt: number, first: boolean): TaskRequest => ({
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
function nextAttempt(env: HasWorkers, call: FailedCall, error: unknown): "first" | "any" {
  const { fn, attempt } = call;
  if (!(error instanceof TaskError)) throw calledIn(env, fn, error);
  const { node } = error.place;
  const all = allAttempts(env);
  if (error.retryable && attempt < all) {
    env.events.emit({ type: "call-retried", functionName: fn.name, node, attempt, why: error.message });
    return error.failure.kind === "lost" && error.failure.death.kind !== "node-lost" ? "first" : "any";
  }
  const failed = callError(call, error.retryable ? all : attempt, error, env.taskOptions.memoryMb);
  env.events.emit({
    type: "call-failed",
    functionName: fn.name,
    node,
    attempt,
    reason: failed.reason.kind,
    message: failed.message,
  });
  throw failed;
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
      return { kind: failure.kind };
    case "over-memory":
      return { kind: "over-memory", memoryMb: failure.memoryMb, usedMb: failure.usedMb };
    case "timed-out":
      return { kind: "timed-out", timeLimitMs: failure.timeLimitMs };
    default:
      return failure satisfies never;
  }
}
