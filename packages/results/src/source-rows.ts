/** What another results database has, as it is to be taken in: its rows byte by byte, and what is known of their code and origin. */
import type { SQLOutputValue } from "node:sqlite";
import { canonicalKeyText } from "./canonical-json.ts";
import type { Connection } from "./connection.ts";
import { readFailure } from "./sqlite-failure.ts";

/** A row. Texts are their bytes, where a string might change them; what is none (a BLOB) is one that no map can read, and stays so. */
export interface SourceRow {
  /** SQLite's number of the row: later rows of the file have larger ones. */
  readonly rowid: SQLOutputValue;
  /** The id of the program that wrote the row, as bytes. */
  readonly programId: SQLOutputValue;
  /** The map's name, as bytes. */
  readonly map: SQLOutputValue;
  /** The key, as bytes: canonical JSON where the program has written it so. */
  readonly key: SQLOutputValue;
  /** 1 where the key is stored as a text, 0 where as a BLOB. */
  readonly keyIsText: SQLOutputValue;
  /** The value, as bytes. */
  readonly value: SQLOutputValue;
  /** 1 where the value is stored as a text, 0 where as a BLOB. */
  readonly valueIsText: SQLOutputValue;
  /** When the row was written: text of SQLite, in UTC, such as `"2026-11-25 12:15:00"`. */
  readonly createdAt: SQLOutputValue;
}

/** With which code of a function a program has computed values of a map. */
export interface SourceCode {
  /** The map's name. */
  readonly map: string;
  /** The id of the program that has computed the values. */
  readonly programId: string;
  /** The name of the remote function that it has computed them with. */
  readonly functionName: string;
  /** The hash of the function's code in that program. */
  readonly hash: string;
}

/** What a database knows of its rows beside them. */
export interface KnownOfRows {
  /** The programs whose keys are canonical. */
  readonly programs: readonly string[];
  /** What is known of programs: their id, start and description. */
  readonly origins: readonly (readonly SQLOutputValue[])[];
  /** With which code programs have computed what, as far as they have noted it. */
  readonly codes: readonly SourceCode[];
}

/** The database that is taken in. */
export interface SourceRows extends KnownOfRows {
  /** A name that no other file has: a database that begins anew at the same path has another. Empty for one that only other software has written. */
  readonly fileId: string;
  /** The next rows in the order of writing, some thousand at most. Throws a ResultsError where the file is damaged. */
  readonly after: (rowid: SQLOutputValue) => readonly SourceRow[];
}

/** How many rows are read at a time: no more, and no more bytes of values than this, unless one row has more. */
export interface ReadLimits {
  readonly rows: number;
  readonly bytes: number;
}

const FILE_LIMITS: ReadLimits = { rows: 2048, bytes: 16 * 1024 * 1024 };

/** Reads all but the rows, for which it has a statement. Throws a ResultsError where the file is damaged. */
export const sourceRows = (connection: Connection): SourceRows => ({
  fileId: fileIdOf(connection),
  ...knownOfRows(connection),
  after: rowReader(connection, FILE_LIMITS),
});

/** The name of a database's file. Throws a ResultsError where it is damaged. */
export const fileIdOf = (connection: Connection): string =>
  reading(connection, () => String(all(connection, "select id from hyperion_ts_file")[0]?.[0] ?? ""));

/** What a database knows of its rows now. Throws a ResultsError where the file is damaged. */
export const knownOfRows = (connection: Connection): KnownOfRows => knownReader(connection)();

/** Reads what a database knows of its rows, each time anew. What it throws, and so does what it gives, is a ResultsError. */
export function knownReader(connection: Connection): () => KnownOfRows {
  const allOf = (sql: string): (() => readonly (readonly SQLOutputValue[])[]) => {
    const statement = reading(connection, () => connection.prepare(sql));
    return () => statement.all().map(Object.values);
  };
  const programs = allOf("select program_id from hyperion_ts_program");
  const origins = allOf("select program_id, started_at, about from hyperion_ts_origin");
  const codes = allOf("select kv_map, program_id, function, hash from hyperion_ts_code");
  return () =>
    reading(connection, () => ({
      programs: programs().map(([id]) => String(id)),
      origins: origins(),
      codes: codes().map(([map, programId, functionName, hash]) => ({
        map: String(map),
        programId: String(programId),
        functionName: String(functionName),
        hash: String(hash),
      })),
    }));
}

/** Reads the rows behind one, in the order of writing. What it throws, and so does what it gives, is a ResultsError. */
export function rowReader(
  connection: Connection,
  { rows: mostRows, bytes: mostBytes }: ReadLimits,
): (rowid: SQLOutputValue) => readonly SourceRow[] {
  const rows = reading(connection, () =>
    connection.prepare(`
      select rowid, cast(program_id as blob) as programId, cast(kv_map as blob) as map, cast(key as blob) as key,
        typeof(key) = 'text' as keyIsText, cast(val as blob) as value, typeof(val) = 'text' as valueIsText, created_at as createdAt,
        program_id in (select program_id from hyperion_ts_program) as isCanonical
      from hyperion_key_val where rowid > ? order by rowid`),
  );
  return (rowid) =>
    reading(connection, () => {
      const batch: SourceRow[] = [];
      let bytes = 0;
      for (const row of rows.iterate(rowid)) {
        batch.push(asSourceRow(row));
        bytes += row["value"] instanceof Uint8Array ? row["value"].length : 0;
        if (batch.length >= mostRows || bytes >= mostBytes) break;
      }
      return batch;
    });
}

const all = ({ prepare }: Connection, sql: string): readonly (readonly SQLOutputValue[])[] =>
  prepare(sql).all().map(Object.values);

/** What `read` gives. Throws a ResultsError where SQLite fails. */
export function reading<A>({ path }: Connection, read: () => A): A {
  try {
    return read();
  } catch (error) {
    throw readFailure(error, path);
  }
}

type Column = keyof SourceRow | "isCanonical";

const asSourceRow = (row: Record<string, SQLOutputValue>): SourceRow => {
  const of = (column: Column): SQLOutputValue => row[column] ?? null;
  return {
    rowid: of("rowid"),
    programId: of("programId"),
    map: of("map"),
    key: of("isCanonical") === 1n ? of("key") : canonicalKey(of("key")),
    keyIsText: of("keyIsText"),
    value: of("value"),
    valueIsText: of("valueIsText"),
    createdAt: of("createdAt"),
  };
};

/** A look-up finds a canonical text without the list of others (foreign-keys.ts), which is made once, before rows come in. */
const canonicalKey = (key: SQLOutputValue): SQLOutputValue => {
  const canonical = key instanceof Uint8Array ? canonicalKeyText(textOf(key)) : undefined;
  return canonical === undefined ? key : Buffer.from(canonical);
};

/** The text of a column that was read as bytes, or as a text. */
export function textOf(column: SQLOutputValue): string {
  if (typeof column === "string") return column;
  return column instanceof Uint8Array
    ? Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString()
    : "";
}
