/** One evaluation of a remote function, wherever it runs: input parsed, function run, output checked. */
import type { CallContext } from "./call-context.ts";
import type { AnyRemoteFunction } from "./registry.ts";
import { checkOutput, InvalidValueError, parseInput } from "./validate.ts";

/** As it was before the first call, which may replace it for those after it. */
// oxlint-disable-next-line typescript/unbound-method
const promiseThen = Promise.prototype.then;

/** What `promise.then` gives, also where a remote function has replaced that. */
export const after = <A, B>(
  promise: Promise<A>,
  succeeded: (value: A) => B | PromiseLike<B>,
  failed?: (error: unknown) => B,
): Promise<B> => Reflect.apply(promiseThen<B, B>, promise, [succeeded, failed]);

/**
 * The output of `fn` for `value`, which is what arrived; a promise only where the function or one of its schemas gives one:
 * the usual call costs none.
 *
 * @throws InvalidValueError when the input or the output is refused; what the function throws. Rejections where there is a
 *   promise.
 */
export function evaluate(fn: AnyRemoteFunction, value: unknown, ctx: CallContext): unknown {
  const parsed = parseInput(fn, value);
  const run = fn.run as (input: unknown, ctx: CallContext) => unknown;
  const output = isPromise(parsed) ? parsed.then((input) => run(input, ctx)) : run(parsed, ctx);
  return isPromise(output)
    ? after(Promise.resolve(output), (value) => checkOutput(fn, value))
    : checkOutput(fn, output);
}

/** Why an evaluation failed with `error`: what a caller is told. */
export const evaluationFailure = (error: unknown): "threw" | InvalidValueError["code"] =>
  error instanceof InvalidValueError ? error.code : "threw";

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
