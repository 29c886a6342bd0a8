/** Values on their way to JSON text, checked by the map's schema. */
import { writeJson } from "./json-text.ts";
import { findNotJson, isJson, type JsonValue } from "./json-value.ts";
import { shownKey } from "./key-text.ts";
import { isTextCodec, type KeyValMap } from "./key-val-map.ts";
import { messageOf } from "./message-of.ts";
import { ResultsError, type ResultsErrorCode } from "./results-error.ts";
import { checkSchema, isTooDeep, type Checked } from "./schema-check.ts";

type ValuesOf<V> = Pick<KeyValMap<unknown, V, unknown>, "name" | "value" | "codec">;

/**
 * The JSON text of `value`.
 *
 * @throws ResultsError `invalid-value` (refused by the schema, or its codec failed), `not-json` or `too-large`
 */
export const encodeValue = <V>(map: ValuesOf<V>, key: string, value: V): string | Promise<string> => {
  const checked = checkSchema(map.value, value);
  return checked instanceof Promise ? checked.then((later) => encodeChecked(map, key, value, later)) : encodeChecked(map, key, value, checked);
};

const encodeChecked = <V>(map: ValuesOf<V>, key: string, value: V, checked: Checked<unknown>): string => {
  if (checked.ok) return valueText(map, key, value);
  throw refusedValue(map, key, `does not fit its schema: ${checked.issue}`, {
    code: isTooDeep(checked.cause) ? "too-large" : "invalid-value",
    advice: isTooDeep(checked.cause) ? flatter : "Correct the value, or the value schema given to keyValMap",
    cause: checked.cause,
  });
};

const flatter = "Give the map a flatter value (a list in the place of a chain), or a schema and a codec that don't call themselves for each level";

const valueText = <V>(map: ValuesOf<V>, key: string, value: V): string => {
  const { codec } = map;
  if (!codec) return jsonText(map, key, value);
  if (isTextCodec(codec)) return checkedText(map, key, withCodec(map, key, () => codec.stringify(value)));
  return jsonText(map, key, withCodec(map, key, () => codec.encode(value)));
};

const withCodec = <V, A>(map: ValuesOf<V>, key: string, encode: () => A): A => {
  try {
    return encode();
  } catch (cause) {
    throw refusedValue(map, key, `could not be encoded by the map's codec: ${messageOf(cause)}`, {
      code: isTooDeep(cause) ? "too-large" : "invalid-value",
      advice: isTooDeep(cause) ? flatter : "Correct the value, or the codec given to keyValMap",
      cause,
    });
  }
};

const jsonText = <V>(map: ValuesOf<V>, key: string, json: unknown): string => {
  if (isJson(json)) return stringify(map, key, json);
  const problem = findNotJson(json);
  throw refusedValue(map, key, `would not come back from JSON as it is: ${problem?.at} is ${problem?.found}`, {
    code: "not-json",
    advice: map.codec
      ? "Let the map's codec encode that part as a string, a finite number or an array of them"
      : "Give the map a codec: keyValMap(name, key, value, { codec: { encode, decode } })",
  });
};

/** JSON.stringify is fast, but it recurses. */
const stringify = <V>(map: ValuesOf<V>, key: string, json: JsonValue): string => {
  try {
    return JSON.stringify(json);
  } catch (error) {
    if (!isTooDeep(error)) throw tooLong(map, key, error);
  }
  try {
    return writeJson(json);
  } catch (error) {
    throw tooLong(map, key, error);
  }
};

const tooLong = <V>(map: ValuesOf<V>, key: string, cause: unknown): ResultsError =>
  refusedValue(map, key, `makes a longer JSON text than a string can be (512 MB): ${messageOf(cause)}`, {
    code: "too-large",
    advice: "Keep values of that size in files, and the file names here",
    cause,
  });

const checkedText = <V>(map: ValuesOf<V>, key: string, text: string): string => {
  try {
    JSON.parse(text);
    if (text.isWellFormed()) return text;
  } catch (cause) {
    throw badText(map, key, `no JSON (${messageOf(cause)})`, cause);
  }
  throw badText(map, key, "a text with half of a surrogate pair, which SQLite would replace");
};

const badText = <V>(map: ValuesOf<V>, key: string, found: string, cause?: unknown): ResultsError =>
  refusedValue(map, key, `became ${found} by the map's codec`, { code: "not-json", advice: "Let the codec's stringify give JSON text, as JSON.stringify does", cause });

type Refusal = { readonly code: ResultsErrorCode; readonly advice: string; readonly cause?: unknown };

const refusedValue = <V>({ name }: ValuesOf<V>, key: string, why: string, { code, advice, cause }: Refusal): ResultsError =>
  new ResultsError({ code, what: `The value for key ${shownKey(key)} of map "${name}" ${why}`, advice: `Nothing was stored. ${advice}`, cause });
