/** Values on their way to JSON text, checked by the map's schema. */
import { isTooDeep } from "@hyperion-ts/bounds";
import { exactForm, markedJson, unmarked } from "./exact-form.ts";
import { writeJson } from "./json-text.ts";
import { asJson, findUnwritten, type JsonValue } from "./json-value.ts";
import { shownKey } from "./key-text.ts";
import { isTextCodec, type KeyValMap } from "./key-val-map.ts";
import { messageOf } from "./message-of.ts";
import { ResultsError, type ResultsErrorCode } from "./results-error.ts";
import { checkSchema, type Checked } from "./schema-check.ts";

type ValuesOf<V> = Pick<KeyValMap<unknown, V, unknown>, "name" | "value" | "codec">;

/**
 * The text of a row for `value`.
 *
 * @throws ResultsError `invalid-value` (refused by the schema, or its codec failed), `not-json` or `too-large`
 */
export const valueToText = <V>(map: ValuesOf<V>, key: string, value: V): string | Promise<string> =>
  whenChecked(map, value, (checked) => {
    const text = textOrRefusal(map, value, checked);
    if (typeof text === "string") return text;
    throw refusedValue(map, key, text, "Nothing was stored");
  });

/** The text of a row for a computed value. With `failure`, its call fails, and the row keeps the value for a map with another codec. */
export interface ComputedText {
  /** The text of the row. */
  readonly text: string;
  /** Why the call fails all the same. */
  readonly failure?: ResultsError;
}

/**
 * As `valueToText`, for a value that took long to compute: where it fits the schema, and can't be written as the map has it,
 * it is kept in another form.
 *
 * @throws ResultsError as `valueToText` does, for what is not kept: what the schema refuses, functions, cycles, what is too large
 */
export const computedToText = <V>(map: ValuesOf<V>, key: string, value: V): ComputedText | Promise<ComputedText> =>
  whenChecked(map, value, (checked) => {
    const text = textOrRefusal(map, value, checked);
    if (typeof text === "string") return { text };
    const kept = checked.ok ? keptText(value) : undefined;
    if (kept === undefined) throw refusedValue(map, key, text, "Nothing was stored");
    return {
      text: kept,
      failure: refusedValue(map, key, text, "It is kept, and is read, not computed again, when the map can hold it"),
    };
  });

function whenChecked<V, A>(map: ValuesOf<V>, value: V, use: (checked: Checked<unknown>) => A): A | Promise<A> {
  const checked = checkSchema(map.value, value);
  return checked instanceof Promise ? checked.then(use) : use(checked);
}

/** Why there is no text, said of the value. */
interface Refusal {
  readonly why: string;
  readonly code: ResultsErrorCode;
  readonly advice: string;
  readonly cause?: unknown;
}

function textOrRefusal<V>(map: ValuesOf<V>, value: V, checked: Checked<unknown>): string | Refusal {
  if (checked.ok) return textOf(map, value);
  const tooDeep = isTooDeep(checked.cause);
  return {
    why: `does not fit its schema: ${checked.issue}`,
    code: tooDeep ? "too-large" : "invalid-value",
    advice: tooDeep ? FLATTER : "Correct the value, or the value schema given to keyValMap",
    cause: checked.cause,
  };
}

const FLATTER =
  "Give the map a flatter value (a list in the place of a chain), or a schema and a codec that don't call themselves for each level";

function textOf<V>({ codec }: ValuesOf<V>, value: V): string | Refusal {
  if (!codec)
    return jsonText(value, "Give the map a codec: keyValMap(name, key, value, { codec: { encode, decode } })");
  try {
    if (isTextCodec(codec)) return checkedText(codec.stringify(value));
    return jsonText(
      codec.encode(value),
      "Let the map's codec encode that part as a string, a finite number or an array of them",
    );
  } catch (cause) {
    return {
      why: `could not be encoded by the map's codec: ${messageOf(cause)}`,
      code: isTooDeep(cause) ? "too-large" : "invalid-value",
      advice: isTooDeep(cause) ? FLATTER : "Correct the value, or the codec given to keyValMap",
      cause,
    };
  }
}

function jsonText(json: unknown, advice: string): string | Refusal {
  const plain = asJson(json);
  if (plain) return stringify(() => unmarked(plainText(plain)));
  const problem = findUnwritten(json);
  const form = problem ?? exactForm(json);
  if ("json" in form) return stringify(() => writeJson(markedJson(form, { kept: false })));
  return { why: `would not come back from JSON as it is: ${form.at} is ${form.found}`, code: "not-json", advice };
}

/** Undefined where a part of the value has no form at all. */
function keptText(value: unknown): string | undefined {
  const form = exactForm(value);
  const text = "json" in form ? stringify(() => writeJson(markedJson(form, { kept: true }))) : undefined;
  return typeof text === "string" ? text : undefined;
}

function stringify(write: () => string): string | Refusal {
  try {
    return write();
  } catch (cause) {
    return {
      why: `makes a longer JSON text than a string can be (512 MB): ${messageOf(cause)}`,
      code: "too-large",
      advice: "Keep values of that size in files, and the file names here",
      cause,
    };
  }
}

/** JSON.stringify is fast, but it recurses, and makes 0 of -0. */
function plainText({ json, negativeZero }: { readonly json: JsonValue; readonly negativeZero: boolean }): string {
  if (negativeZero) return writeJson(json);
  try {
    return JSON.stringify(json);
  } catch (error) {
    if (isTooDeep(error)) return writeJson(json);
    throw error;
  }
}

function checkedText(text: string): string | Refusal {
  try {
    JSON.parse(text);
    if (text.isWellFormed()) return unmarked(text);
  } catch (cause) {
    return badText(`no JSON (${messageOf(cause)})`, cause);
  }
  return badText("a text with half of a surrogate pair, which SQLite would replace");
}

const badText = (found: string, cause?: unknown): Refusal => ({
  why: `became ${found} by the map's codec`,
  code: "not-json",
  advice: "Let the codec's stringify give JSON text, as JSON.stringify does",
  cause,
});

const refusedValue = <V>(
  { name }: ValuesOf<V>,
  key: string,
  { why, code, advice, cause }: Refusal,
  outcome: string,
): ResultsError =>
  new ResultsError({
    code,
    what: `The value for key ${shownKey(key)} of map "${name}" ${why}`,
    advice: `${outcome}. ${advice}`,
    cause,
  });
