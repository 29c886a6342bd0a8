/**
 * Whether a database has changed since it was last read, for the price of a look at its files. They are opened for that: NFS
 * may answer a stat from what it knew a minute ago, and asks the server where a file is opened.
 */
import { randomUUID } from "node:crypto";
import { fstatSync, lstatSync, realpathSync } from "node:fs";
import { beginReading, openRawIfThere } from "./raw-reading.ts";

/**
 * A text that another look at the database at `path` gives only if nothing has been written in between; undefined where there
 * is no file.
 *
 * @throws ResultsError `locked` in the process that has it open, NotOursError where it is no plain file; file errors as they come
 */
export function databaseStamp(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const found = realpathSync(path);
  using _reading = beginReading(found);
  return ["", "-wal", "-journal"].map((suffix) => fileStamp(`${found}${suffix}`)).join(" ");
}

function fileStamp(path: string): string {
  using file = openRawIfThere(path);
  if (file === undefined) return "none";
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = fstatSync(file.fd, { bigint: true });
  // It may change again in the same tick of the clock, which is perhaps a server's: no other look is equal to this one then.
  const settled = Math.abs(Date.now() - Number(ctimeMs)) > SETTLED_MS;
  return [dev, ino, size, mtimeNs, ctimeNs, settled ? "" : randomUUID()].join(",");
}

const SETTLED_MS = 2000;
