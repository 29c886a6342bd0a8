/**
 * The one error class of this package. What went wrong is told apart by `code`, never by the text;
 * the text says what was tried, where, and (in `advice`) what the person can do about it.
 */

/**
 * What went wrong, stable across versions.
 *
 * About the database file:
 * - `locked`: somebody else has it open, or left a lock that can't be checked from here
 * - `read-only`: this process may not write there
 * - `disk-full`: no space left for the file
 * - `damaged`: not a SQLite database, or one whose pages are broken
 * - `newer-layout`: written by a newer version of this package
 * - `unreachable`: the file or its folder can't be opened at all
 * - `not-ours`: one of its files may be another user's doing (a link, a FIFO, a file beside the database)
 * - `unsafe`: SQLite would not give the durability that is asked for
 * - `no-locks`: the file system can't lock files, which SQLite needs
 * - `file-lost`: the file, or its log, was removed, renamed, replaced or cut while it was open; the message says where its
 *   results were saved
 * - `sqlite`: any other failure of SQLite; its own words are in the message
 * - `closed`: used after it was closed
 * - `not-the-next`: rows that came from another database leave out some before them
 *
 * About keys and values:
 * - `invalid-key`, `invalid-value`: refused by the map's schema, or its schema or codec failed
 * - `not-json`: JSON would change it (NaN, BigInt, Date, Map, ...); what was computed is kept for a map with a codec
 * - `too-large`: too long for a string, a row of SQLite or the schema's or codec's recursion
 * - `unreadable`: a stored row no longer fits the map's schema or codec, or JavaScript would change it: it has numbers that
 *   a double can't hold, a property twice, or something else than text
 * - `claim-lost`: a computed value came too late, after its claim had been given up
 */
export type ResultsErrorCode =
  | "locked"
  | "read-only"
  | "disk-full"
  | "damaged"
  | "newer-layout"
  | "unreachable"
  | "not-ours"
  | "unsafe"
  | "no-locks"
  | "file-lost"
  | "sqlite"
  | "closed"
  | "not-the-next"
  | "invalid-key"
  | "invalid-value"
  | "not-json"
  | "too-large"
  | "unreadable"
  | "claim-lost";

interface Details {
  readonly code: ResultsErrorCode;
  readonly what: string;
  readonly advice: string;
  readonly path?: string;
  readonly cause?: unknown;
}

/** Whatever this package throws by itself. Abort reasons and errors of your own functions pass through unchanged. */
export class ResultsError extends Error {
  override readonly name = "ResultsError";
  /** What went wrong; see `ResultsErrorCode`. */
  readonly code: ResultsErrorCode;
  /** The database file, where the error is about a file. */
  readonly path: string | undefined;
  /** What the person can do; also the end of `message`. */
  readonly advice: string;

  /** The message is `what`, then `advice`. */
  constructor({ code, what, advice, path, cause }: Details) {
    super(`${what}. ${advice}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
    this.advice = advice;
  }
}
