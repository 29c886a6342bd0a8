/** Values on their way to JSON text and back, checked by the map's schema on both ways. */
import { findNotJson } from "./json-value.ts";
import { shownKey } from "./key-text.ts";
import type { KeyValMap } from "./key-val-map.ts";
import { ResultsError } from "./results-error.ts";
import { checkSchema, type Checked } from "./schema-check.ts";

type ValuesOf<V> = Pick<KeyValMap<unknown, V, unknown>, "name" | "value" | "codec">;

/**
 * The JSON text of `value`.
 *
 * @throws ResultsError `invalid-value` (refused by the schema) or `not-json`; whatever the codec throws
 */
export const encodeValue = <V>(map: ValuesOf<V>, key: string, value: V): string | Promise<string> => {
  const checked = checkSchema(map.value, value);
  return checked instanceof Promise ? checked.then((later) => encodeChecked(map, key, value, later)) : encodeChecked(map, key, value, checked);
};

const encodeChecked = <V>(map: ValuesOf<V>, key: string, value: V, checked: Checked<unknown>): string => {
  if (checked.ok) return jsonText(map, key, map.codec ? map.codec.encode(value) : value);
  throw new ResultsError({
    code: "invalid-value",
    what: `The value for key ${shownKey(key)} of map "${map.name}" does not fit its schema: ${checked.issue}`,
    advice: "Nothing was stored. Correct the value, or the value schema given to keyValMap",
  });
};

const jsonText = <V>(map: ValuesOf<V>, key: string, json: unknown): string => {
  const problem = findNotJson(json);
  if (!problem) return JSON.stringify(json);
  throw new ResultsError({
    code: "not-json",
    what: `The value for key ${shownKey(key)} of map "${map.name}" would not come back from JSON as it is: ${problem.at} is ${problem.found}`,
    advice: map.codec
      ? "Nothing was stored. Let the map's codec encode that part as a string, a finite number or an array of them"
      : 'Nothing was stored. Give the map a codec: keyValMap(name, key, value, { codec: { encode, decode } })',
  });
};

/**
 * The value that a row holds.
 *
 * @throws ResultsError `unreadable` where the row no longer fits the map: a value that the program would
 *   not accept today is neither returned nor silently computed anew
 */
export const decodeValue = <V>(map: ValuesOf<V>, key: string, text: string): V | Promise<V> => {
  const value = readValue(map, key, text);
  const checked = checkSchema(map.value, value);
  if (checked instanceof Promise) return checked.then((later) => (later.ok ? value : unreadable(map.name, key, later.issue)));
  return checked.ok ? value : unreadable(map.name, key, checked.issue);
};

const readValue = <V>(map: ValuesOf<V>, key: string, text: string): V => {
  try {
    // Without a codec what was stored is a V as it is; the schema confirms that right after.
    return map.codec ? map.codec.decode(JSON.parse(text)) : JSON.parse(text);
  } catch (cause) {
    return unreadable(map.name, key, cause instanceof Error ? cause.message : String(cause), cause);
  }
};

const unreadable = (name: string, key: string, issue: string, cause?: unknown): never => {
  throw new ResultsError({
    code: "unreadable",
    what: `The stored value for key ${shownKey(key)} of map "${name}" no longer fits: ${issue}`,
    advice: `Widen the value schema so that it takes old rows too, or give the map a new name (such as "${name}_2") to start afresh; insert(map, key, value) replaces this one row`,
    cause,
  });
};
