/**
 * One text for each JSON value: properties sorted, no spaces, numbers as JavaScript prints them (the
 * rules of RFC 8785, but that -0 is not 0: a function may tell them apart, and Hyperion does). It makes equal keys equal text, which SQLite can look up by an index.
 */
import { parseJson } from "./json-loss.ts";
import { writeJson } from "./json-text.ts";
import { isJson, type JsonValue } from "./json-value.ts";

/** The canonical text of a JSON value. `{ x: 1, n: 2 }` and `{ n: 2, x: 1.0 }` give the same. */
export const canonicalJson = (value: JsonValue): string => writeJson(value, sortedNames);

const sortedNames = (object: object): readonly string[] => Object.keys(object).sort();

/**
 * The canonical text of a key that another program wrote (Hyperion's keys come from aeson, which
 * writes 1.0e-2 for 0.01 and orders properties as they were declared). Undefined where the text is
 * no JSON, or has something that JSON.parse would change: such a key equals none of ours.
 */
export function canonicalKeyText(text: string): string | undefined {
  try {
    const { json, loss } = parseJson(text);
    return loss === undefined && isJson(json) ? canonicalJson(json) : undefined;
  } catch {
    return undefined;
  }
}
