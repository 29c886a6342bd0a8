/**
 * Saves what an open connection can read in a new database, when its own files are lost: by VACUUM INTO, which takes
 * everything or fails, else row by row. Without a folder to write to beside the database, elsewhere.
 */
import { closeSync, fsyncSync, openSync, rmSync, truncateSync } from "node:fs";
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { LAYOUT, type Connection } from "./connection.ts";
import { messageOf } from "./message-of.ts";
import type { NewRow } from "./stored-rows.ts";

/** Where results were saved, and how many; or why nowhere. `rows` counts all that are there, `unread` those that could not be read. */
export type Saved =
  /** They are in the database file at `path`. */
  | { readonly path: string; readonly rows: number; readonly unread: number }
  /** They could be saved nowhere; `why`, for people. */
  | { readonly path: undefined; readonly why: string };

/** Saves all rows of `connection`, and those of `unwritten`, which it does not have. `stamp` makes the name a new one. */
export function saveResults(
  connection: Connection,
  unwritten: readonly NewRow[],
  programId: string,
  stamp: string,
): Saved {
  const failures: string[] = [];
  for (const folder of placesFor(connection.path)) {
    const path = join(folder, `${basename(connection.path)}.saved-${stamp}`);
    try {
      // Made by us and for us alone: the place may be a folder that all users share.
      closeSync(openSync(path, "wx", 0o600));
    } catch (error) {
      failures.push(messageOf(error));
      continue;
    }
    try {
      return { path, ...saveAt(path, connection, unwritten, programId) };
    } catch (error) {
      failures.push(`${path}: ${messageOf(error)}`);
      removeDatabase(path);
    }
  }
  return { path: undefined, why: failures.join("; ") };
}

/** Its own folder, the folders above (it may have been removed), and where a user's files can always go. */
function placesFor(path: string): ReadonlySet<string> {
  const above: string[] = [];
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) above.push(folder);
  return new Set([...above, homedir(), tmpdir()]);
}

function saveAt(
  path: string,
  connection: Connection,
  unwritten: readonly NewRow[],
  programId: string,
): { readonly rows: number; readonly unread: number } {
  const whole = tryVacuum(connection.database, path);
  if (!whole) truncateSync(path);
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const saved = new DatabaseSync(path);
  try {
    saved.exec("pragma synchronous = full; begin immediate");
    if (!whole) saved.exec(LAYOUT);
    const unread = whole
      ? Number(saved.prepare(`delete from hyperion_key_val where ${HAS_ZEROS}`).run().changes)
      : copyRows(connection, saved);
    saved.prepare("insert or ignore into hyperion_ts_program(program_id) values (?)").run(programId);
    const insert = saved.prepare("insert into hyperion_key_val(program_id, kv_map, key, val) values (?, ?, ?, ?)");
    for (const { map, key, value } of unwritten) insert.run(programId, map, key, value);
    saved.exec("commit");
    return { rows: Number(saved.prepare("select count(*) as rows from hyperion_key_val").get()?.["rows"]), unread };
  } finally {
    saved.close();
    syncFolder(dirname(path));
  }
}

function tryVacuum(database: DatabaseSync, path: string): boolean {
  try {
    database.prepare("vacuum into ?").run(path);
    return true;
  } catch {
    return false;
  }
}

/** Where a page is cut off, SQLite reads zeros, which no JSON text has. */
const HAS_ZEROS = `((typeof(key) = 'text' and instr(cast(key as blob), x'00')) or (typeof(val) = 'text' and instr(cast(val as blob), x'00')))`;

/** Copies each row whose pages can be read. Returns how many could not be. */
function copyRows(connection: Connection, saved: DatabaseSync): number {
  const read = connection.prepare(
    `select program_id, kv_map, key, val, created_at from hyperion_key_val where rowid = ? and not ${HAS_ZEROS}`,
  );
  const last = connection.prepare("select max(rowid) as last from hyperion_key_val").get()?.["last"] ?? 0n;
  const write = saved.prepare(
    "insert into hyperion_key_val(rowid, program_id, kv_map, key, val, created_at) values (?, ?, ?, ?, ?, ?)",
  );
  let unread = 0;
  for (let rowid = 1n; rowid <= BigInt(String(last)); rowid += 1n) {
    const row = tryRead(read, rowid);
    if (row) write.run(rowid, ...Object.values(row));
    else unread += 1;
  }
  return unread;
}

function tryRead(statement: StatementSync, rowid: bigint): Record<string, SQLOutputValue> | undefined {
  try {
    return statement.get(rowid);
  } catch {
    return undefined;
  }
}

function removeDatabase(path: string): void {
  for (const end of ["", "-journal"]) rmSync(`${path}${end}`, { force: true });
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
