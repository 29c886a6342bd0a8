/** A key as the database knows it: the canonical JSON of what the map's key schema makes of it. */
import { canonicalJson } from "./canonical-json.ts";
import { findNotJson, isJson, type JsonValue } from "./json-value.ts";
import type { KeyValMap } from "./key-val-map.ts";
import { ResultsError } from "./results-error.ts";
import { checkSchema, type Checked } from "./schema-check.ts";

type KeysOf<K> = Pick<KeyValMap<K, unknown, unknown>, "name" | "key">;

/**
 * The text under which `key` is stored; a promise only where the key schema is async.
 *
 * @throws ResultsError `invalid-key` (refused by the schema) or `not-json`
 */
export const keyText = <K>(map: KeysOf<K>, key: K): string | Promise<string> => {
  const checked = checkSchema(map.key, key);
  return checked instanceof Promise ? checked.then((parsed) => parsedKeyText(map.name, parsed)) : parsedKeyText(map.name, checked);
};

const parsedKeyText = (name: string, checked: Checked<unknown>): string => {
  if (!checked.ok) {
    throw new ResultsError({
      code: "invalid-key",
      what: `A key of map "${name}" does not fit its schema: ${checked.issue}`,
      advice: "Correct the key, or the key schema given to keyValMap",
    });
  }
  return canonicalJson(asKeyJson(name, checked.output));
};

const asKeyJson = (name: string, parsed: unknown): JsonValue => {
  if (isJson(parsed)) return parsed;
  const problem = findNotJson(parsed);
  throw new ResultsError({
    code: "not-json",
    what: `A key of map "${name}" can't be stored as JSON unchanged: ${problem?.at} is ${problem?.found}`,
    advice: "Leave that part out of the key, or let the key schema turn it into a string or a finite number",
  });
};

/** A key's text cut to a length that fits into a message. */
export const shownKey = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 200)}...`);
