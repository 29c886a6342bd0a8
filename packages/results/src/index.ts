/**
 * A key-value results database on SQLite with one writer, and memoisation on it. Importing this
 * opens nothing and does not load the database's side; `openResults` does.
 */
import "./supported-node.ts";
export { keyValMap, type KeyValMap, type KeyValMapOptions, type TextCodec, type ValueCodec } from "./key-val-map.ts";
export { insert, lookup, lookupAll, lookupDefault } from "./map-verbs.ts";
export { memoizeWithMap } from "./memoize-with-map.ts";
export type { Claim, Claimed, HasResults, ResultsStore, StoredRow } from "./results-store.ts";
export { openResults } from "./open-results.ts";
export type { BatchJob, ResultsCounters, ResultsDatabase, ResultsOptions } from "./results-database.ts";
export type { ConnectionSettings } from "./connection.ts";
export type { AroundCommit } from "./stored-rows.ts";
export { ResultsError, type ResultsErrorCode } from "./results-error.ts";
export type { JsonValue } from "./json-value.ts";
