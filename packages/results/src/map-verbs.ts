/**
 * Reading and writing a map: Hyperion's insert, lookup, lookupAll and lookupDefault, and forget. Each returns a
 * function of an environment that has a results database, which is what a Job is.
 */
import { showValue } from "@hyperion-ts/bounds";
import type { KeyValMap } from "./key-val-map.ts";
import { loadMapRows } from "./load-map-rows.ts";
import type { HasResults, ResultsStore } from "./results-store.ts";

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
    const { insertRow } = await loadMapRows();
    return await insertRow(results, map, key, value);
  };

/**
 * The newest value of a key, or undefined.
 *
 * @throws ResultsError `invalid-key`, `not-json`, `too-large`, `unreadable` (the row no longer fits the map, or has numbers
 *   that JavaScript would round), or what the database says
 */
export const lookup =
  <K, V>(map: KeyValMap<K, V, unknown>, key: NoInfer<K>): WithResults<V | undefined> =>
  async (env) => {
    const results = databaseFor("lookup", map, env);
    const { lookupRow } = await loadMapRows();
    return await lookupRow(results, map, undefined, key);
  };

/**
 * The newest value of a key (null, too), or `fallback` where there is none.
 *
 * @throws ResultsError as `lookup` does
 */
export const lookupDefault =
  <K, V>(map: KeyValMap<K, V, unknown>, fallback: NoInfer<V>, key: NoInfer<K>): WithResults<V> =>
  async (env) => {
    const results = databaseFor("lookup", map, env);
    const { lookupRow } = await loadMapRows();
    return await lookupRow(results, map, fallback, key);
  };

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
    const { allRows } = await loadMapRows();
    return await allRows(results, map);
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
    const { forgetRows } = await loadMapRows();
    const count = await forgetRows(results, map, where);
    env.log?.(`Removed ${count} ${count === 1 ? "result" : "results"} of map "${map.name}"`);
    return count;
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
