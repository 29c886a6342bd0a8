/** Calling a remote function from a job. (Hyperion: remoteEval, remoteEvalM) */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { checkInput, InvalidValueError, type RemoteFunction } from "@hyperion-ts/remote";
import { encodeValue } from "@hyperion-ts/wire";
import { againAfter, answerOf, holderOf, nextAttempt, requestOf } from "./call-attempts.ts";
import type { HasWorkers } from "./capabilities.ts";
import type { Job } from "./job.ts";
import { calledIn } from "./misuse.ts";

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
      ? checked.then((value) => answerOf({ env, fn, value, input: encodeValue(value) }))
      : answerOf({ env, fn, value: input, input: checked });
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
    const attempts = async (changed: HasWorkers): Promise<StandardSchemaV1.InferInput<O>> => {
      let first = false;
      let before: unknown;
      for (let attempt = 1; ; attempt += 1) {
        try {
          changed.noteCode?.(fn.name);
          using worker = await changed.taskLauncher.launch({
            ...requestOf(changed, fn.name, attempt, first),
            ...(attempt === 1 ? {} : { again: againAfter(before, attempt) }),
            ahead: false,
          });
          return await worker.run({ fn, input: await compute(), attempt });
        } catch (error) {
          first = nextAttempt(changed, { fn, input: value, attempt }, error) === "first";
          before = error;
        }
      }
    };
    const holder = holderOf(env);
    if (holder === undefined) return await attempts(env);
    return await holder.answer(
      { env, fn, input: () => (encoded === undefined ? undefined : { value, encoded }) },
      attempts,
    );
  };

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
