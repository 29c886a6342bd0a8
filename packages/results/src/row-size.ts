/** The size of a row, known before it shares a transaction with others, which would all fail with it. */
import { shownKey } from "./key-text.ts";
import { ResultsError } from "./results-error.ts";
import type { NewRow } from "./stored-rows.ts";

/** SQLite's limit for a row, 10^9 bytes (https://www.sqlite.org/limits.html), less what a row has beside key and value. */
const LARGEST_ROW_BYTES = 1_000_000_000 - 1_000_000;

/** Why SQLite would not take a row: `too-large`; undefined where it will. */
export function refusedRow(
  { map, key, value }: NewRow,
  path: string,
  limitBytes: number = LARGEST_ROW_BYTES,
): ResultsError | undefined {
  if ((key.length + value.length) * MOST_BYTES_PER_UNIT <= limitBytes) return undefined;
  const bytes = Buffer.byteLength(key) + Buffer.byteLength(value);
  if (bytes <= limitBytes) return undefined;
  return new ResultsError({
    code: "too-large",
    path,
    what: `The value for key ${shownKey(key)} of map "${map}" is too large for a row of ${path}: ${bytes} bytes with its key, of at most ${limitBytes}`,
    advice: "Nothing was stored. Keep values of that size in files, and the file names here",
  });
}

/** A unit of UTF-16 takes three bytes of UTF-8 at most. */
const MOST_BYTES_PER_UNIT = 3;
