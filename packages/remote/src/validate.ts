/**
 * Values against a function's schemas. A schema may be synchronous or not: each function here
 * returns its result at once where it can, so that the usual call costs no promise.
 */
import { isTooDeep, issueKeys, issueText, runSchema } from "@hyperion-ts/bounds/run-schema";
import type { StandardSchemaV1 } from "@standard-schema/spec";

type Maybe<A> = A | Promise<A>;

/** What is needed to know of a function here. */
interface Named {
  readonly name: string;
  readonly input: StandardSchemaV1;
  readonly output: StandardSchemaV1;
}

/** So many issues are spelled out in a message; a long list of wrong values has one for each. */
const SHOWN_ISSUES = 5;

/** A value that its schema refuses. */
export class InvalidValueError extends Error {
  override readonly name = "InvalidValueError";
  /** Whether it is the input or the output. */
  readonly code: "invalid-input" | "invalid-output";
  /** The remote function whose input or output it is. */
  readonly functionName: string;
  /** What the schema objects to, and where: a path like `points[3].x`, empty for the value itself. */
  readonly issues: readonly { readonly path: string; readonly message: string }[];

  constructor(
    code: InvalidValueError["code"],
    functionName: string,
    issues: readonly StandardSchemaV1.Issue[],
    options?: ErrorOptions,
  ) {
    const found = issues.map((issue) => ({ path: showPath(issue), message: issue.message }));
    const list = found
      .slice(0, SHOWN_ISSUES)
      .map((issue) => issueText({ message: issue.message }, issue.path, issue.path));
    const more = found.length > list.length ? `; and ${found.length - list.length} more` : "";
    const what = code === "invalid-input" ? "was called with an input" : "returned an output";
    super(`The remote function "${functionName}" ${what} that its schema refuses: ${list.join("; ")}${more}`, options);
    this.code = code;
    this.functionName = functionName;
    this.issues = found;
  }
}

/**
 * Parses an input, as the worker does before `run`: the schema's output.
 *
 * @throws InvalidValueError when the schema refuses it; a rejection where the schema is asynchronous.
 */
export const parseInput = (fn: Named, value: unknown): Maybe<unknown> =>
  validated(fn.input, value, refusal("invalid-input", fn), (parsed) => parsed);

/**
 * Checks an input without parsing it, as the caller does before it is sent: returns it as it was given.
 *
 * @throws InvalidValueError when the schema refuses it; a rejection where the schema is asynchronous.
 */
export const checkInput = (fn: Named, value: unknown): Maybe<unknown> =>
  validated(fn.input, value, refusal("invalid-input", fn), () => value);

/**
 * Checks what a function returned: returns it as it was returned.
 *
 * @throws InvalidValueError when the schema refuses it; a rejection where the schema is asynchronous.
 */
export const checkOutput = (fn: Named, value: unknown): Maybe<unknown> =>
  validated(fn.output, value, refusal("invalid-output", fn), () => value);

type Refuse = (issues: readonly StandardSchemaV1.Issue[], options?: ErrorOptions) => Error;

const refusal =
  (code: InvalidValueError["code"], { name }: Named): Refuse =>
  (issues, options) =>
    new InvalidValueError(code, name, issues, options);

function validated(
  schema: StandardSchemaV1,
  value: unknown,
  refuse: Refuse,
  accept: (parsed: unknown) => unknown,
): Maybe<unknown> {
  const settle = (result: StandardSchemaV1.Result<unknown>): unknown => {
    if (result.issues !== undefined) throw refuse(result.issues);
    return accept(result.value);
  };
  const failed = (cause: unknown): never => {
    throw isTooDeep(cause) ? refuse([{ message: TOO_DEEP }], { cause }) : cause;
  };
  let result: ReturnType<typeof runSchema>;
  try {
    result = runSchema(schema, value);
  } catch (cause) {
    return failed(cause);
  }
  return result instanceof Promise ? result.then(settle, failed) : settle(result);
}

const TOO_DEEP =
  "the schema calls itself for each level, and this value has more levels than fit on the stack. Use a flatter value (a list in the place of a chain), or a schema that does not call itself";

const showPath = (issue: StandardSchemaV1.Issue): string => issueKeys(issue).map(showKey).join("").replace(/^\./, "");

function showKey(key: PropertyKey): string {
  if (typeof key === "string")
    return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return `[${String(key)}]`;
}
