/**
 * A key-value results database on SQLite with one writer, and memoisation on it. Importing this
 * opens nothing and does not load the database's side; `openResults` does.
 */
// First, because it checks which Node this is.
import "@hyperion-ts/bounds";
export { keyValMap, type KeyValMap, type KeyValMapOptions, type TextCodec, type ValueCodec } from "./key-val-map.ts";
export { forget, insert, lookup, lookupAll, lookupDefault } from "./map-verbs.ts";
export { memoizeWithMap, type MemoizeOptions } from "./memoize-with-map.ts";
export type {
  Claim,
  ClaimAnswer,
  ClaimOptions,
  HasCodeNotes,
  HasResults,
  ResultsStore,
  StoredRow,
} from "./results-store.ts";
export type { CodeOfToday, FunctionCodes, OtherCode, ProgramOrigin } from "./row-origins.ts";
export type {
  Arbiter,
  ArbiterAnswer,
  ClaimChannel,
  ClaimSession,
  ClaimSessionOptions,
  ErrorCodec,
  HeldClaim,
  RemoteArbiter,
  SendMessages,
} from "./arbiter.ts";
export { openResults } from "./open-results.ts";
export type { BatchJob, ResultsCounters, ResultsDatabase, ResultsOptions, TakenIn } from "./results-options.ts";
export type { FilePosition } from "./file-position.ts";
export type { BatchRow, RowBatch, RowExchange, RowFeed, TextRows, TextRun } from "./row-batch.ts";
export type { MapOrigins, ResultsSnapshot, SnapshotOptions } from "./results-snapshot.ts";
export type { StoreWait } from "./store-wait.ts";
export type { FoundRow, MapSummary } from "./stored-rows.ts";
export type { ConnectionSettings } from "./connection.ts";
export type { AroundCommit } from "./group-commit.ts";
export { ResultsError, type ResultsErrorCode } from "./results-error.ts";
export type { JsonValue, NotJson } from "./json-value.ts";
