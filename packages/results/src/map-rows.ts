/**
 * What the verbs of a map do on its rows: texts made of keys and values, and read. Loaded with the first verb that runs, because
 * every worker loads this package with the maps of the user's module, and hardly any of them runs one.
 */
import { callable, checkValue } from "@hyperion-ts/bounds";
import { readExact } from "./exact-form.ts";
import { parseJson } from "./json-loss.ts";
import type { NotJson } from "./json-value.ts";
import { keyText, shownKey } from "./key-text.ts";
import type { KeyValMap } from "./key-val-map.ts";
import { ResultsError } from "./results-error.ts";
import type { ResultsStore, StoredRow } from "./results-store.ts";
import { isKept, valueFromText } from "./value-from-text.ts";
import { valueToText } from "./value-to-text.ts";

export { keyText } from "./key-text.ts";
export { valueFromText } from "./value-from-text.ts";
export { computedToText } from "./value-to-text.ts";

/** As `insert` says. */
export async function insertRow<K, V>(
  results: ResultsStore,
  map: KeyValMap<K, V, unknown>,
  key: K,
  value: V,
): Promise<void> {
  const text = await keyText(map, key);
  await results.insert(map.name, text, await valueToText(map, text, value));
}

/** As `lookupDefault` says. */
export async function lookupRow<K, V, Absent>(
  results: ResultsStore,
  map: KeyValMap<K, V, unknown>,
  absent: Absent,
  key: K,
): Promise<V | Absent> {
  const text = await keyText(map, key);
  const value = await results.lookup(map.name, text);
  return value === undefined ? absent : valueFromText(map, text, value);
}

/** As `lookupAll` says. */
export async function allRows<V, StoredKey>(
  results: ResultsStore,
  map: KeyValMap<unknown, V, StoredKey>,
): Promise<readonly (readonly [StoredKey, V])[]> {
  const entries: (readonly [StoredKey, V])[] = [];
  for (const { key, value } of await results.lookupAll(map.name)) {
    if (isKept(map, value)) continue;
    const decoded = valueFromText(map, key, value);
    entries.push([readKey(map, key), decoded instanceof Promise ? await decoded : decoded]);
  }
  return entries;
}

/** As `forget` says. */
export async function forgetRows<V, StoredKey>(
  results: ResultsStore,
  map: KeyValMap<unknown, V, StoredKey>,
  where: (key: StoredKey, value: V | undefined) => boolean,
): Promise<number> {
  checkValue("forget", "where", where, callable);
  const keys: string[] = [];
  for (const row of await results.lookupAll(map.name)) {
    const isMeant: unknown = where(readKey(map, row.key), await valueIfReadable(map, row));
    if (typeof isMeant !== "boolean")
      throw new TypeError(
        `forget: where(key, value) must give true or false, at once; for key ${shownKey(row.key)} of map "${map.name}" it gave a value of type ${typeof isMeant}. Nothing was removed.`,
      );
    if (isMeant) keys.push(row.key);
  }
  if (keys.length > 0) await results.forget(map.name, keys);
  return keys.length;
}

async function valueIfReadable<V>(
  map: KeyValMap<unknown, V, unknown>,
  { key, value }: StoredRow,
): Promise<V | undefined> {
  try {
    return await valueFromText(map, key, value);
  } catch (error) {
    if (error instanceof ResultsError) return undefined;
    throw error;
  }
}

// A stored key was parsed by the map's schema before it was written; parsing it again could transform it twice.
function readKey<V, StoredKey>(map: KeyValMap<unknown, V, StoredKey>, text: string): StoredKey {
  const { json, loss } = parsedKey(map.name, text);
  if (loss) throw unreadableKey(map.name, text, `would change when it is read, because ${loss.at} is ${loss.found}`);
  // What was stored is a StoredKey as it is.
  return json as StoredKey;
}

function parsedKey(name: string, text: string): { readonly json: unknown; readonly loss: NotJson | undefined } {
  try {
    const exact = readExact(text);
    return exact ? { json: exact.value, loss: undefined } : parseJson(text);
  } catch (cause) {
    throw unreadableKey(name, text, "is not JSON", cause);
  }
}

const unreadableKey = (name: string, text: string, why: string, cause?: unknown): ResultsError =>
  new ResultsError({
    code: "unreadable",
    what: `A stored key of map "${name}" ${why}: ${shownKey(text)}`,
    advice: "Another program wrote that row; correct it with sqlite3, or give the map a new name",
    cause,
  });
