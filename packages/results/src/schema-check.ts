/** Runs a Standard Schema, sync or async, and words its issues. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { shownPath } from "./json-path.ts";
import { messageOf } from "./message-of.ts";

/** The outcome of a schema: its output, or its first issue as "$.n: expected a number". `cause` is what the schema threw. */
export type Checked<Output> =
  | { readonly ok: true; readonly output: Output }
  | { readonly ok: false; readonly issue: string; readonly cause?: unknown };

/** Checks `value`; a promise only where the schema itself gives one, so that the usual look-up stays cheap. */
export const checkSchema = <S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
): Checked<StandardSchemaV1.InferOutput<S>> | Promise<Checked<StandardSchemaV1.InferOutput<S>>> => {
  try {
    const result = schema["~standard"].validate(value);
    // Not by its class: a schema's promise may come from a library or from another realm.
    return "then" in result ? Promise.resolve(result).then(toChecked<S>, thrown) : toChecked<S>(result);
  } catch (cause) {
    return thrown(cause);
  }
};

const thrown = (cause: unknown): Checked<never> => ({
  ok: false,
  issue: `the schema failed with "${messageOf(cause)}"`,
  cause,
});

/** Whether a schema or codec, which may call itself for each level of a value, was given one too deep for it. */
export const isTooDeep = (cause: unknown): boolean =>
  Error.isError(cause) && cause.name === "RangeError" && cause.message.includes("call stack");

const toChecked = <S extends StandardSchemaV1>(
  result: StandardSchemaV1.Result<unknown>,
): Checked<StandardSchemaV1.InferOutput<S>> => {
  if (result.issues) return { ok: false, issue: describeIssues(result.issues) };
  // The interface types `validate` as unknown; that its output is the declared one is the schema's promise.
  return { ok: true, output: result.value as StandardSchemaV1.InferOutput<S> };
};

const describeIssues = (issues: readonly StandardSchemaV1.Issue[]): string => {
  const [first] = issues;
  if (!first) return "$: refused without a reason";
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const path = issuePath(first);
  // arktype's messages begin with the path: "a.b must be a number".
  return first.message.startsWith(`${path.replace(/^\$\.?/, "")} `) && path !== "$"
    ? `${first.message}${more}`
    : `${path}: ${first.message}${more}`;
};

const issuePath = (issue: StandardSchemaV1.Issue): string =>
  // Not by the path's own map: arktype's is of a class of arrays that makes [0] of an empty one.
  shownPath(Array.from(issue.path ?? [], (step) => (typeof step === "object" ? step.key : step)));
