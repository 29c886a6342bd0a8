/**
 * A log that lies beside a database which it does not belong to: the database was removed, or replaced by an older copy,
 * under a program or after one that was killed. SQLite drops the log where there is no database, and writes its pages into
 * any that is there. So it is put out of the way before the file is opened: made into a database of its own, where it has
 * all pages of one.
 */
import { closeSync, openSync, readSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { newStamp } from "./kept-files.ts";
import { hasPagesFrom, readLogPages, type LogPages } from "./log-pages.ts";
import { messageOf } from "./message-of.ts";
import { logOf } from "./own-files.ts";

/**
 * Puts a log out of the way that does not belong to the database at `path`. Returns what was found, in words, or undefined.
 *
 * @throws Error of Node's when a file can't be read or moved
 */
export function setStrayLogAside(path: string): string | undefined {
  const log = strayLog(path);
  if (!log) return undefined;
  const aside = `${path}.aside-${newStamp()}`;
  renameSync(logOf(path), logOf(aside));
  const what = `Beside the results database ${path} was the log of another one, or of one that is not there any more, with results that a program stored before it was killed`;
  const made = hasPagesFrom(1, log) ? makeDatabase(aside, log) : "it needs the database that it belongs to";
  return made === undefined
    ? `${what}. They are now in ${aside}. To go on from there, end this program, then: mv ${aside} ${path}`
    : `${what}. It is now ${logOf(aside)}; ${made}. Put that at ${aside}, if you still have it, and sqlite3 reads both together`;
}

/**
 * The log beside the database at `path`, if there is one that does not belong to it.
 *
 * @throws Error of Node's when a file can't be read
 */
export function strayLog(path: string): LogPages | undefined {
  if (bytesOf(logOf(path)) === 0) return undefined;
  const log = readLogPages(logOf(path));
  return log && !belongs(log, path) ? log : undefined;
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Whether the database is one that has a log, and both together have all pages: a new or older file is too short for the
 * pages that the log takes for there, and one that was saved by VACUUM INTO has never had a log.
 */
function belongs(log: LogPages, path: string): boolean {
  const pages = Math.floor(bytesOf(path) / log.pageBytes);
  if (pages === 0) return false;
  // https://www.sqlite.org/fileformat2.html#the_database_header
  const header = readBytes(path, 0, 100);
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const hasLog = header[18] === 2;
  return hasLog && pageBytes === log.pageBytes && hasPagesFrom(pages + 1, log);
}

/** SQLite takes a log for a database that has a first page. Returns why it could not be made, or undefined. */
function makeDatabase(path: string, { pageBytes, offsets }: LogPages): string | undefined {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  try {
    writeFileSync(path, readBytes(logOf(path), offsets.get(1) ?? 0, pageBytes), { mode: 0o600, flag: "wx" });
    const database = new DatabaseSync(path);
    try {
      database.exec(
        "pragma locking_mode = exclusive; pragma journal_mode = delete; select count(*) from hyperion_key_val",
      );
    } finally {
      database.close();
    }
    return undefined;
  } catch (error) {
    if (bytesOf(logOf(path)) > 0) rmSync(path, { force: true });
    return `no database could be made of it (${messageOf(error)})`;
  }
}

function readBytes(path: string, offset: number, bytes: number): Buffer {
  const file = openSync(path, "r");
  try {
    const read = Buffer.alloc(bytes);
    readSync(file, read, 0, bytes, offset);
    return read;
  } finally {
    closeSync(file);
  }
}
