/** Runs a Standard Schema, sync or async, and words its issues. */
import { issueKeys, issueText, runSchema } from "@hyperion-ts/bounds";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { shownPath } from "./json-path.ts";
import { messageOf } from "./message-of.ts";

/** The outcome of a schema: its output, or its first issue as "$.n: expected a number". `cause` is what the schema threw. */
export type Checked<Output> =
  /** The schema takes the value, and makes `output` of it. */
  | { readonly ok: true; readonly output: Output }
  /** The schema refuses the value. */
  | { readonly ok: false; readonly issue: string; readonly cause?: unknown };

/** Checks `value`; a promise only where the schema itself gives one, so that the usual look-up stays cheap. */
export function checkSchema<S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
): Checked<StandardSchemaV1.InferOutput<S>> | Promise<Checked<StandardSchemaV1.InferOutput<S>>> {
  try {
    const result = runSchema(schema, value);
    return result instanceof Promise ? result.then(toChecked<S>, thrown) : toChecked<S>(result);
  } catch (cause) {
    return thrown(cause);
  }
}

const thrown = (cause: unknown): Checked<never> => ({
  ok: false,
  issue: `the schema failed with "${messageOf(cause)}"`,
  cause,
});

function toChecked<S extends StandardSchemaV1>(
  result: StandardSchemaV1.Result<StandardSchemaV1.InferOutput<S>>,
): Checked<StandardSchemaV1.InferOutput<S>> {
  if (result.issues) return { ok: false, issue: describeIssues(result.issues) };
  return { ok: true, output: result.value };
}

function describeIssues(issues: readonly StandardSchemaV1.Issue[]): string {
  const [first] = issues;
  if (!first) return "$: refused without a reason";
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const path = shownPath(issueKeys(first));
  return `${issueText(first, path, path.replace(/^\$\.?/, ""))}${more}`;
}
