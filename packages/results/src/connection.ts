/**
 * The SQLite connection: Hyperion's table, and the settings that make a commit durable.
 *
 * One process writes, so the connection takes SQLite's own lock too and keeps it
 * (locking_mode=EXCLUSIVE). Set before the write-ahead log is first used, that also spares SQLite its
 * shared-memory file, which network file systems do not have (https://www.sqlite.org/wal.html#noshm).
 *
 * `node:sqlite` is loaded when a database is opened and not before: modules that only describe maps
 * are loaded by every worker.
 */
import { accessSync, constants, existsSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ResultsError } from "./results-error.ts";
import { databaseFailure, readFailure } from "./sqlite-failure.ts";

/** The settings of the live connection, read back from SQLite. */
export interface ConnectionSettings {
  /** SQLite's `journal_mode`: `"wal"`. */
  readonly journalMode: unknown;
  /** SQLite's `synchronous`: 2, which is FULL. */
  readonly synchronous: unknown;
  /** SQLite's `locking_mode`: `"exclusive"`. */
  readonly lockingMode: unknown;
}

/** This package's layout of the file, kept in `PRAGMA user_version` (Hyperion leaves it at 0). */
const LAYOUT_VERSION = 1;

/**
 * The tables. The first statement is Hyperion's own, from its module Hyperion.Database.KeyValMap. The second table
 * names the programs whose keys are canonical: rows of all others may be written in another form. The third tells what is
 * known of each program that notes its code, as JSON, the fourth is what row-origins.ts keeps there. The fifth has one row: a
 * name that no other file has, and what new-rowid.ts keeps; the sixth tells how far other databases were taken in.
 */
export const LAYOUT = `
  create table if not exists hyperion_key_val
    ( program_id text not null
    , kv_map text not null
    , key text not null
    , val text not null
    , created_at timestamp default current_timestamp not null
    );
  create table if not exists hyperion_ts_program (program_id text primary key not null) without rowid;
  create table if not exists hyperion_ts_origin
    ( program_id text primary key not null
    , started_at timestamp default current_timestamp not null
    , about text not null
    ) without rowid;
  create table if not exists hyperion_ts_code
    ( kv_map text not null
    , program_id text not null
    , function text not null
    , hash text not null
    , primary key (kv_map, program_id, function)
    ) without rowid;
  create table if not exists hyperion_ts_file
    ( one integer primary key not null check (one = 1)
    , id text not null
    , newest_removed integer not null
    );
  create table if not exists hyperion_ts_taken
    ( source text not null
    , file_id text not null
    , last_rowid integer not null
    , primary key (source, file_id)
    ) without rowid;
  create index if not exists hyperion_ts_by_key on hyperion_key_val (kv_map, key, program_id);
  pragma user_version = ${LAYOUT_VERSION};
`;

/** An open database file with the layout in place. */
export type Connection = Disposable & {
  /** The file, as a path without links. */
  readonly path: string;
  /** Node's connection to the file. */
  readonly database: DatabaseSync;
  /** Prepares a statement, with integers read as BigInt. */
  readonly prepare: (sql: string) => StatementSync;
  /** Durability settings, read back from SQLite. */
  readonly settings: () => ConnectionSettings;
};

/**
 * Opens or makes the database at `path` for the program `programId`. The caller holds its lock file.
 *
 * @throws ResultsError `locked`, `no-locks`, `read-only`, `disk-full`, `damaged`, `newer-layout`, `unreachable`, `unsafe` or `sqlite`
 */
export function openConnection(path: string, programId: string): Connection {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  let database: DatabaseSync | undefined;
  try {
    // SQLite would open it for reading, fail to lock it for writing, and call that a disk I/O error.
    if (existsSync(path)) accessSync(path, constants.W_OK);
    database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
    const connection = connectionOf(database, path);
    prepareFile(connection, programId);
    return connection;
  } catch (error) {
    database?.close();
    throw databaseFailure(error, path, "Opening");
  }
}

/**
 * Opens a copy of the database at `path` for reading: a file that is nobody else's, so that it may be completed from its
 * log, and be given the tables that this version has, and Hyperion or an older version has not. Once it is open, its
 * files may be removed.
 *
 * @throws ResultsError `damaged`, `newer-layout`, `disk-full`, `unreachable` or `sqlite`
 */
export function openCopiedConnection(copy: string, path: string): Connection {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(copy);
    pragma(database, "trusted_schema = off");
    pragma(database, "locking_mode = exclusive");
    pragma(database, "synchronous = off");
    refuseNewerLayout(pragma(database, "user_version"), path);
    pragma(database, "journal_mode = memory");
    database.exec(`begin immediate; ${LAYOUT} commit`);
    pragma(database, "query_only = on");
    return connectionOf(database, path);
  } catch (error) {
    database?.close();
    throw readFailure(error, path);
  }
}

/** How long SQLite waits, at opening, for another program (such as sqlite3) that reads just now. */
const LOCK_WAIT_MS = 500;

/** Holds all that SQLite's log has between two checkpoints (1,000 pages), in case somebody cuts the log. */
const CACHE_KB = 16_384;

const connectionOf = (database: DatabaseSync, path: string): Connection => ({
  path,
  database,
  prepare: (sql) => {
    const statement = database.prepare(sql);
    // Else a number that a double can't hold, which only another program can have put there, is an error without a name.
    statement.setReadBigInts(true);
    return statement;
  },
  settings: () => ({
    journalMode: pragma(database, "journal_mode"),
    synchronous: pragma(database, "synchronous"),
    lockingMode: pragma(database, "locking_mode"),
  }),
  [Symbol.dispose]: () => database.close(),
});

function pragma(database: DatabaseSync, statement: string): unknown {
  const row = database.prepare(`pragma ${statement}`).get();
  return row && Object.values(row)[0];
}

function prepareFile(connection: Connection, programId: string): void {
  const { database, path } = connection;
  // Whoever may write to the file may have left a view or a trigger in it.
  pragma(database, "trusted_schema = off");
  pragma(database, "locking_mode = exclusive");
  pragma(database, `cache_size = -${CACHE_KB}`);
  refuseNewerLayout(pragma(database, "user_version"), path);
  pragma(database, "journal_mode = wal");
  pragma(database, "synchronous = full");
  refuseUnsafe(connection.settings(), path);
  database.exec("begin immediate");
  database.exec(LAYOUT);
  database.prepare("insert or ignore into hyperion_ts_program(program_id) values (?)").run(programId);
  database.exec("insert or ignore into hyperion_ts_file values (1, lower(hex(randomblob(8))), 0)");
  database.exec("commit");
}

function refuseNewerLayout(version: unknown, path: string): void {
  if (typeof version === "number" && version <= LAYOUT_VERSION) return;
  throw new ResultsError({
    code: "newer-layout",
    path,
    what: `The results database ${path} has layout ${String(version)}; this version of @hyperion-ts/results knows layouts up to ${LAYOUT_VERSION}`,
    advice: "Nothing was changed. Update @hyperion-ts/results, or give this program another directory",
  });
}

function refuseUnsafe({ journalMode, synchronous, lockingMode }: ConnectionSettings, path: string): void {
  if (journalMode === "wal" && synchronous === 2 && lockingMode === "exclusive") return;
  throw new ResultsError({
    code: "unsafe",
    path,
    what: `SQLite opened ${path} with journal_mode=${String(journalMode)}, synchronous=${String(synchronous)}, locking_mode=${String(lockingMode)} in the place of wal, 2 (FULL), exclusive`,
    advice: "Acknowledged results could be lost like this. Give the program a directory on another file system",
  });
}

/** Brings all that is in the log into the file. Where it fails, as on a full disk, all stays in the log, out of which the next one who opens the database completes it. */
export function checkpoint({ prepare }: Connection): void {
  try {
    prepare("pragma wal_checkpoint(full)").get();
  } catch {
    // SQLite says more when it closes the database, or when that is opened.
  }
}
