/**
 * The text that a column of a row has. Other programs may have put something else there (a BLOB, a number, NULL, or text
 * that is not UTF-8), of which String() or node:sqlite make a text that nobody wrote: the BLOB "1" becomes 49.
 */
import type { SQLOutputValue } from "node:sqlite";
import type { Connection } from "./connection.ts";
import { shownKey } from "./key-text.ts";
import { ResultsError } from "./results-error.ts";

/** A column of a row, as node:sqlite gave it. */
export interface ReadColumn {
  /** The name of the row's map. */
  readonly map: string;
  /** SQLite's number of the row. */
  readonly rowid: SQLOutputValue | undefined;
  /** The column's name: of the key, or of the value. */
  readonly column: "key" | "val";
  /** What node:sqlite gave for it. */
  readonly found: SQLOutputValue | undefined;
  /** The row's key, where `column` is `val`. */
  readonly key?: string;
}

/**
 * Gives the text of a column.
 *
 * @throws ResultsError `unreadable` when it has none
 */
export function columnTextReader(connection: Connection): (read: ReadColumn) => string {
  const same = {
    key: connection.prepare("select cast(key as blob) = cast(? as blob) as same from hyperion_key_val where rowid = ?"),
    val: connection.prepare("select cast(val as blob) = cast(? as blob) as same from hyperion_key_val where rowid = ?"),
  };
  return (read) => {
    const { found, column, rowid = null } = read;
    if (typeof found !== "string") throw notText(read, describe(found), connection.path);
    // The decoder puts this character in the place of bytes that are not UTF-8. Few texts have that character of their own.
    if (found.includes("\ufffd") && same[column].get(found, rowid)?.["same"] !== 1n)
      throw notText(read, "not UTF-8", connection.path);
    return found;
  };
}

function describe(found: SQLOutputValue | undefined): string {
  if (found === null || found === undefined) return "NULL";
  return typeof found === "object" ? "a BLOB" : `the number ${found}`;
}

const notText = ({ map, column, key, rowid }: ReadColumn, found: string, path: string): ResultsError =>
  new ResultsError({
    code: "unreadable",
    path,
    what: `${column === "key" ? "A stored key" : `The stored value for key ${shownKey(key ?? "")}`} of map "${map}" is ${found} in the place of text in UTF-8`,
    advice: `Another program wrote that row; correct it with: sqlite3 ${path} "select * from hyperion_key_val where rowid = ${String(rowid)}"`,
  });

/** For a read that node:sqlite answered with undefined, which it does where a text is longer than a string can be. */
export const storedTooLong = (map: string, key: string | undefined, path: string): ResultsError =>
  new ResultsError({
    code: "too-large",
    path,
    what: `${key === undefined ? "A stored value" : `The stored value for key ${shownKey(key)}`} of map "${map}" is longer than a string can be (512 MB)`,
    advice:
      key === undefined
        ? "Look up the keys one by one; the error of that value will name its key"
        : "Another program wrote that row; read it with sqlite3",
  });
