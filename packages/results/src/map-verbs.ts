/**
 * Reading and writing a map: Hyperion's insert, lookup, lookupAll and lookupDefault, and forget. Each returns a
 * function of an environment that has a results database, which is what a Job is.
 */
import { callable, checkValue, showValue } from "@hyperion-ts/bounds";
import { readExact } from "./exact-form.ts";
import { parseJson } from "./json-loss.ts";
import type { NotJson } from "./json-value.ts";
import { keyText, shownKey } from "./key-text.ts";
import type { KeyValMap } from "./key-val-map.ts";
import { ResultsError } from "./results-error.ts";
import type { HasResults, ResultsStore, StoredRow } from "./results-store.ts";
import { isKept, valueFromText } from "./value-from-text.ts";
import { valueToText } from "./value-to-text.ts";

/** A function of an environment that has a results database. */
type WithResults<A> = (env: HasResults) => Promise<A>;

/**
 * Adds an entry; it replaces an earlier one of an equal key for all later look-ups. Resolves when the
 * row is durable: after its COMMIT has returned.
 *
 * @throws ResultsError `invalid-key`, `invalid-value`, `not-json`, `too-large`, or what the database says (`disk-full`, ...)
 */
export const insert =
  <K, V>(map: KeyValMap<K, V, unknown>, key: NoInfer<K>, value: NoInfer<V>): WithResults<void> =>
  async (env) => {
    const results = databaseFor("insert", map, env);
    const text = await keyText(map, key);
    await results.insert(map.name, text, await valueToText(map, text, value));
  };

/**
 * The newest value of a key, or undefined.
 *
 * @throws ResultsError `invalid-key`, `not-json`, `too-large`, `unreadable` (the row no longer fits the map, or has numbers
 *   that JavaScript would round), or what the database says
 */
export const lookup =
  <K, V>(map: KeyValMap<K, V, unknown>, key: NoInfer<K>): WithResults<V | undefined> =>
  (env) =>
    lookupOr(map, undefined, key, env);

/**
 * The newest value of a key (null, too), or `fallback` where there is none.
 *
 * @throws ResultsError as `lookup` does
 */
export const lookupDefault =
  <K, V>(map: KeyValMap<K, V, unknown>, fallback: NoInfer<V>, key: NoInfer<K>): WithResults<V> =>
  (env) =>
    lookupOr(map, fallback, key, env);

async function lookupOr<K, V, Absent>(
  map: KeyValMap<K, V, unknown>,
  absent: Absent,
  key: K,
  env: HasResults,
): Promise<V | Absent> {
  const results = databaseFor("lookup", map, env);
  const text = await keyText(map, key);
  const value = await results.lookup(map.name, text);
  return value === undefined ? absent : valueFromText(map, text, value);
}

/**
 * All keys of a map with their newest values, in the order in which those were written. Keys come as
 * they are stored: parsed by the key schema when they were written, then read from JSON. Values that were computed and only
 * kept, because the map has no codec for them, are not among them; `lookup` of their key says so.
 *
 * @throws ResultsError `unreadable` when a row no longer fits the map or would change, or what the database says
 */
export const lookupAll =
  <V, StoredKey>(map: KeyValMap<unknown, V, StoredKey>): WithResults<readonly (readonly [StoredKey, V])[]> =>
  async (env) => {
    const results = databaseFor("lookupAll", map, env);
    const entries: (readonly [StoredKey, V])[] = [];
    for (const { key, value } of await results.lookupAll(map.name)) {
      if (isKept(map, value)) continue;
      const decoded = valueFromText(map, key, value);
      entries.push([readKey(map, key), decoded instanceof Promise ? await decoded : decoded]);
    }
    return entries;
  };

/**
 * Removes the entries for which `where(key, value)` is true, with all that they replaced, so that they are computed again.
 * Resolves after the COMMIT, with the number of keys, which a job's log has, too. Keys and values come as `lookupAll` gives them; the value is undefined
 * where the row can't be read by this map, or was only kept.
 *
 * @example
 * forget(brackets, ({ eps }) => eps > 1e-3)
 *
 * @throws TypeError when `where` gives anything but true or false (a promise, say)
 * @throws ResultsError as `lookupAll` does for keys
 */
export const forget =
  <V, StoredKey>(
    map: KeyValMap<unknown, V, StoredKey>,
    where: (key: StoredKey, value: V | undefined) => boolean,
  ): ((env: HasResults & MayLog) => Promise<number>) =>
  async (env) => {
    const results = databaseFor("forget", map, env);
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
    env.log?.(`Removed ${keys.length} ${keys.length === 1 ? "result" : "results"} of map "${map.name}"`);
    return keys.length;
  };

/** The environment of a job logs; other ones need not. */
interface MayLog {
  readonly log?: (message: string) => void;
}

/**
 * The database of `env`; `verb` is what was called.
 *
 * @throws TypeError when there is none, or `map` is no KeyValMap
 */
export function databaseFor(verb: string, map: unknown, env: HasResults): ResultsStore {
  if (typeof map !== "object" || map === null || !("name" in map && "key" in map && "value" in map))
    throw new TypeError(
      `${verb}: the map must be what keyValMap(name, keySchema, valueSchema) gives, not ${showValue(map)}`,
    );
  if (env?.results !== undefined) return env.results;
  throw new TypeError(
    `${verb} of map ${JSON.stringify(map.name)} was given no results database: what ${verb}(...) gives is a function of an environment that has one, in a job as ${verb}(...)(env), elsewhere as ${verb}(...)({ results })`,
  );
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
