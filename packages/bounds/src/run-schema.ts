/** Runs a Standard Schema of whatever library, synchronous or not, and reads its issues. */
import type { StandardSchemaV1 } from "@standard-schema/spec";

/**
 * What `schema` makes of `value`; a promise only where the schema gives one, so that the usual check costs none.
 *
 * @throws what the schema throws; a promise rejects with it
 */
export function runSchema<S extends StandardSchemaV1>(schema: S, value: unknown): Checked<S> | Promise<Checked<S>> {
  const result = schema["~standard"].validate(value);
  // A promise is not told by its class: a schema's may come from a library or from another realm. What its `then` returns may be
  // no promise of ours either, or nothing at all, and a refusal would be nobody's: callers get a promise of this realm.
  return isThenable(result) ? Promise.resolve(result as PromiseLike<Checked<S>>) : result;
}

/** The interface types `validate` as unknown; that its output is the declared one is the schema's promise. */
type Checked<S extends StandardSchemaV1> = StandardSchemaV1.Result<StandardSchemaV1.InferOutput<S>>;

/** Whether `error` is what a schema throws that calls itself for each level of a value, and was given too many levels. */
export const isTooDeep = (error: unknown): boolean =>
  Error.isError(error) && error.name === "RangeError" && error.message.includes("call stack");

/** The keys that lead from the whole value to the part that `issue` is about; none for the value itself. */
export const issueKeys = ({ path }: StandardSchemaV1.Issue): readonly PropertyKey[] =>
  // Not by the path's own `map`: arktype's paths are of a class of arrays whose `map` makes [0] of an empty one.
  Array.from(path ?? [], (step) => (typeof step === "object" ? step.key : step));

/** The issue's message after `place`, unless it begins with the part's `name` by itself, as arktype's do: "a.b must be a number". */
export const issueText = ({ message }: StandardSchemaV1.Issue, place: string, name: string): string =>
  place === "" || (name !== "" && message.startsWith(`${name} `)) ? message : `${place}: ${message}`;

const isThenable = (result: object): result is PromiseLike<unknown> =>
  "then" in result && typeof result.then === "function";
