/** A key as the database knows it: the canonical JSON of what the map's key schema makes of it. */
import { inspect } from "node:util";
import { isTooDeep } from "@hyperion-ts/bounds";
import { canonicalJson } from "./canonical-json.ts";
import { exactForm, markedJson, unmarked } from "./exact-form.ts";
import { findUnwritten, isJson, type JsonValue } from "./json-value.ts";
import type { KeyValMap } from "./key-val-map.ts";
import { ResultsError } from "./results-error.ts";
import { checkSchema, type Checked } from "./schema-check.ts";

type KeysOf<K> = Pick<KeyValMap<K, unknown, unknown>, "name" | "key">;

/**
 * The text under which `key` is stored; a promise only where the key schema is async.
 *
 * @throws ResultsError `invalid-key` (refused by the schema), `not-json` or `too-large`
 */
export function keyText<K>(map: KeysOf<K>, key: K): string | Promise<string> {
  const checked = checkSchema(map.key, key);
  return checked instanceof Promise
    ? checked.then((parsed) => parsedKeyText(map.name, key, parsed))
    : parsedKeyText(map.name, key, checked);
}

function parsedKeyText(name: string, key: unknown, checked: Checked<unknown>): string {
  if (!checked.ok) {
    const tooDeep = isTooDeep(checked.cause);
    throw new ResultsError({
      code: tooDeep ? "too-large" : "invalid-key",
      what: `A key of map "${name}" does not fit its schema: ${checked.issue}${tooDeep ? "" : `. The key is ${shownKey(inspectKey(key))}`}`,
      advice: tooDeep
        ? "Use a flatter key, such as a list in the place of a chain"
        : "Correct the key, or the key schema given to keyValMap",
      cause: checked.cause,
    });
  }
  const { json, marked } = asKeyJson(name, checked.output);
  const text = canonicalText(name, json);
  return marked ? text : unmarked(text);
}

function canonicalText(name: string, json: JsonValue): string {
  try {
    return canonicalJson(json);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ResultsError({
      code: "too-large",
      what: `A key of map "${name}" makes a longer JSON text than a string can be (512 MB): ${cause.message}`,
      advice: "Take a name or a hash of it for a key",
      cause,
    });
  }
}

/** A property that is undefined counts as one that is not there, as it does for JSON and nearly all functions. */
function asKeyJson(name: string, parsed: unknown): { readonly json: JsonValue; readonly marked: boolean } {
  if (isJson(parsed)) return { json: parsed, marked: false };
  const problem = findUnwritten(parsed);
  const form = problem ?? exactForm(parsed, { withoutUndefined: true });
  if ("json" in form)
    return form.changes.length === 0
      ? { json: form.json, marked: false }
      : { json: markedJson(form, { kept: false }), marked: true };
  throw new ResultsError({
    code: "not-json",
    what: `A key of map "${name}" can't be stored as JSON unchanged: ${form.at} is ${form.found}`,
    advice: "Leave that part out of the key, or let the key schema turn it into a string or a finite number",
  });
}

/** A key as its program has it, which may be no JSON. Which of thousands it is, the place in it does not tell. */
const inspectKey = (key: unknown): string =>
  inspect(key, { breakLength: Number.POSITIVE_INFINITY, depth: 3, maxArrayLength: 10, maxStringLength: 100 });

/** A key's text cut to a length that fits into a message. */
export const shownKey = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 200)}...`);
