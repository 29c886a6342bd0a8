/** Reading and writing Hyperion's table: the newest row of a key counts, by rowid (created_at has whole seconds only). */
import type { SQLOutputValue } from "node:sqlite";
import { columnTextReader, storedTooLong } from "./column-text.ts";
import type { Connection } from "./connection.ts";
import { foreignKeysReader, type ForeignKeys } from "./foreign-keys.ts";
import { rowsForgetter, type ForgetRows } from "./forget-rows.ts";
import type { AroundCommit, WriteRows } from "./group-commit.ts";
import { NEW_ROWID } from "./new-rowid.ts";
import type { StoredRow } from "./results-store.ts";
import type { RowOrigins } from "./row-origins.ts";
import { databaseFailure } from "./sqlite-failure.ts";

/** A row to be written. */
export type NewRow = StoredRow & { readonly map: string };

/** A value, and the program that has written it. */
export interface FoundRow {
  /** The value's text. */
  readonly value: string;
  /** The id of the program that has written it. */
  readonly programId: string;
}

/** What a map has, as far as can be told without its schemas. */
export interface MapSummary {
  /** As `keyValMap` was given it. */
  readonly name: string;
  /** How many keys have a value. */
  readonly results: number;
  /** When the newest was stored: ISO 8601; null where that was not written down. */
  readonly newestAt: string | null;
}

/** The rows of an open database. All throw ResultsError where SQLite fails. */
export interface StoredRows {
  /** The newest row of a key, given by its canonical text. */
  readonly newest: (map: string, key: string) => FoundRow | undefined;
  /** The newest row of each key of a map, in the order in which they were written. */
  readonly newestOfEach: (map: string) => readonly (StoredRow & FoundRow)[];
  /** The maps that have rows, by name. */
  readonly maps: () => readonly MapSummary[];
  /** Writes rows in one transaction; returns after its COMMIT, and says how long that took, in ms. */
  readonly write: WriteRows<NewRow>;
  /** Deletes all rows of these keys, given by their canonical texts. */
  readonly forget: ForgetRows;
}

/** The rows behind `connection`; new ones are written as `programId`'s, with what `origins` has noted. */
export function storedRows(
  connection: Connection,
  programId: string,
  origins: RowOrigins,
  aroundCommit: AroundCommit,
): StoredRows {
  const foreignKeys = foreignKeysReader(connection);
  const newestOfTexts = newestReader(connection);
  const all = allReader(connection);
  const maps = mapReader(connection);
  const write = rowWriter(connection, programId, origins, aroundCommit);
  const forget = rowsForgetter(connection, aroundCommit);
  const attempt = <A>(what: string, action: () => A): A => {
    try {
      return action();
    } catch (error) {
      throw databaseFailure(error, connection.path, what);
    }
  };
  return {
    newest: (map, key) => attempt("Reading", () => newestOfTexts(map, key, foreignKeys(map).textsOf.get(key))),
    newestOfEach: (map) => attempt("Reading", () => newestByCanonicalKey(all(map), foreignKeys(map))),
    maps: () => attempt("Reading", maps),
    write: (rows) => attempt("Writing to", () => write(rows)),
    forget: (map, keys) =>
      attempt("Writing to", () =>
        forget(
          map,
          keys.flatMap((key) => [key, ...(foreignKeys(map).textsOf.get(key) ?? [])]),
        ),
      ),
  };
}

type NewestReader = (map: string, key: string, foreignTexts?: readonly string[]) => FoundRow | undefined;

// max(rowid) needs the index alone; "order by rowid desc limit 1" would sort, and takes half as long again. This always
// gives a row, so that no row means that node:sqlite could not make a string of the value.
const newestWhere = (texts: string): string => `
  select val, program_id, newest
  from (select max(rowid) as newest from hyperion_key_val where kv_map = ? and key ${texts}) left join hyperion_key_val on rowid = newest`;

function newestReader(connection: Connection): NewestReader {
  const ofOne = firstRowReader(connection, newestWhere("= ?"));
  const ofSeveral = firstRowReader(connection, newestWhere("in (select value from json_each(?))"));
  const columnText = columnTextReader(connection);
  return (map, key, foreignTexts) => {
    const row = foreignTexts ? ofSeveral(map, JSON.stringify([key, ...foreignTexts])) : ofOne(map, key);
    if (!row) throw storedTooLong(map, key, connection.path);
    const [found, programId, newest] = row;
    if (newest === null) return undefined;
    return { value: columnText({ map, key, column: "val", rowid: newest, found }), programId: String(programId) };
  };
}

/** Reads the first row that a query gives, as an array: an object with names would cost a quarter of a short look-up. */
function firstRowReader(
  { prepare }: Connection,
  sql: string,
): (map: string, keys: string) => readonly SQLOutputValue[] | undefined {
  const statement = prepare(sql);
  statement.setReturnArrays(true);
  return (map, keys) => {
    const row: unknown = statement.get(map, keys);
    return Array.isArray(row) ? row : undefined;
  };
}

function allReader(connection: Connection): (map: string) => readonly (StoredRow & FoundRow)[] {
  // The index tells which rows are the newest; to group whole rows would carry all values through a sort.
  const statement = connection.prepare(`
    select key, val, program_id, rowid from hyperion_key_val
    where rowid in (select max(rowid) from hyperion_key_val where kv_map = ? group by key) order by rowid`);
  const columnText = columnTextReader(connection);
  return (map) => {
    const rows: ReturnType<typeof statement.all> | undefined = statement.all(map);
    if (!rows) throw storedTooLong(map, undefined, connection.path);
    return rows.map(({ key: foundKey, val, program_id: programId, rowid }) => {
      const key = columnText({ map, rowid, column: "key", found: foundKey });
      return { key, value: columnText({ map, key, rowid, column: "val", found: val }), programId: String(programId) };
    });
  };
}

/** Rows of one key that are written in two ways (Hyperion's, and ours) count as two here. SQLite's time is in UTC. */
function mapReader(connection: Connection): () => readonly MapSummary[] {
  // All but the times is read from the index alone, without a value.
  const statement = connection.prepare(`
    select name, results, (select created_at from hyperion_key_val where rowid = newest) as newest
    from (select kv_map as name, count(distinct key) as results, max(rowid) as newest from hyperion_key_val group by kv_map)
    order by name`);
  return () =>
    statement.all().map(({ name, results, newest }) => ({
      name: String(name),
      results: Number(results),
      newestAt: typeof newest === "string" ? `${newest.replace(" ", "T")}Z` : null,
    }));
}

function newestByCanonicalKey<Row extends StoredRow>(
  rows: readonly Row[],
  { canonicalOf }: ForeignKeys,
): readonly Row[] {
  if (canonicalOf.size === 0) return rows;
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const key = canonicalOf.get(row.key) ?? row.key;
    newest.delete(key);
    newest.set(key, { ...row, key });
  }
  return [...newest.values()];
}

function rowWriter(
  { prepare, database }: Connection,
  programId: string,
  origins: RowOrigins,
  aroundCommit: AroundCommit,
): WriteRows<NewRow> {
  const begin = prepare("begin immediate");
  const insert = prepare(
    `insert into hyperion_key_val(rowid, program_id, kv_map, key, val) values (${NEW_ROWID}, ?, ?, ?, ?)`,
  );
  const commit = prepare("commit");
  return (rows) => {
    try {
      begin.run();
      for (const { map, key, value } of rows) insert.run(programId, map, key, value);
      origins.write();
      const startMs = performance.now();
      aroundCommit(() => void commit.run());
      origins.committed();
      return performance.now() - startMs;
    } catch (error) {
      if (database.isTransaction) database.exec("rollback");
      throw error;
    }
  };
}
