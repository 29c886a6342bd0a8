/**
 * Writing rows that come from other databases. Beside them stands how far each of those was taken in, in the same transaction:
 * so each row is taken once, whatever ends in between.
 */
import type { SQLOutputValue } from "node:sqlite";
import type { Connection } from "./connection.ts";
import type { AroundCommit } from "./group-commit.ts";
import { NEW_ROWID } from "./new-rowid.ts";
import type { RowOrigins } from "./row-origins.ts";
import type { KnownOfRows, SourceRow } from "./source-rows.ts";
import { databaseFailure } from "./sqlite-failure.ts";

/** Which database rows come from: its name here, and that of its file. */
export interface TakenSource {
  /** The name that the caller of `takeIn` has given the source. */
  readonly id: string;
  /** The name of the file itself: another one where the source began anew at the same path. */
  readonly fileId: string;
}

/** Some rows of a source, the next behind those that were taken, and what it knows of their origin. */
export interface TakenBatch {
  readonly source: TakenSource;
  readonly rows: readonly SourceRow[];
  readonly known: KnownOfRows;
}

/** The rows that an open database has taken in. */
export interface TakenRows {
  /** The last row of a source that was taken. Throws a ResultsError where SQLite fails. */
  readonly last: (source: TakenSource) => SQLOutputValue;
  /** The last row of each file of the source `id` that was taken, by the file's id. Throws a ResultsError where SQLite fails. */
  readonly lastOf: (id: string) => ReadonlyMap<string, SQLOutputValue>;
  /** Writes rows of one or more sources in one transaction. Returns after its COMMIT. Throws a ResultsError where SQLite fails. */
  readonly write: (batches: readonly TakenBatch[]) => void;
}

/** Those of `connection`, which is open for `programId`. */
export function takenRows(
  connection: Connection,
  programId: string,
  origins: RowOrigins,
  aroundCommit: AroundCommit,
): TakenRows {
  const { prepare, database, path } = connection;
  const last = prepare("select last_rowid from hyperion_ts_taken where source = ? and file_id = ?");
  const lastOf = prepare("select file_id, last_rowid from hyperion_ts_taken where source = ?");
  const mark = prepare(`
    insert into hyperion_ts_taken(source, file_id, last_rowid) values (?, ?, ?)
    on conflict(source, file_id) do update set last_rowid = excluded.last_rowid`);
  const insert = prepare(`
    insert into hyperion_key_val(rowid, program_id, kv_map, key, val, created_at)
    values (${NEW_ROWID}, cast(?1 as text), cast(?2 as text),
      iif(?4, cast(?3 as text), ?3), iif(?6, cast(?5 as text), ?5), ?7)`);
  const insertProgram = prepare("insert or ignore into hyperion_ts_program(program_id) values (?)");
  const insertOrigin = prepare(`
    insert into hyperion_ts_origin(program_id, started_at, about) select ?1, ?2, ?3 where ?1 <> ?4
    on conflict(program_id) do update set started_at = excluded.started_at, about = excluded.about
    where about <> excluded.about or started_at <> excluded.started_at`);

  function writeKnown({ programs, origins: known, codes }: KnownOfRows): boolean {
    for (const program of programs) insertProgram.run(program);
    for (const [program = null, startedAt = null, about = null] of known)
      insertOrigin.run(program, startedAt, about, programId);
    const noted = codes.map(({ map, programId: program, functionName, hash }) =>
      origins.noteOf(program, map, functionName, hash),
    );
    return noted.includes(true);
  }

  function writeRows({ id, fileId }: TakenSource, rows: readonly SourceRow[]): void {
    for (const row of rows)
      insert.run(row.programId, row.map, row.key, row.keyIsText, row.value, row.valueIsText, row.createdAt);
    mark.run(id, fileId, rows.at(-1)?.rowid ?? 0n);
  }

  function attempt<A>(what: string, action: () => A): A {
    try {
      return action();
    } catch (error) {
      if (database.isTransaction) database.exec("rollback");
      throw databaseFailure(error, path, what);
    }
  }

  return {
    last: ({ id, fileId }) => attempt("Reading", () => last.get(id, fileId)?.["last_rowid"] ?? 0n),
    lastOf: (id) =>
      attempt(
        "Reading",
        () => new Map(lastOf.all(id).map(({ file_id: file, last_rowid: rowid = 0n }) => [String(file), rowid])),
      ),
    write: (batches) =>
      attempt("Writing to", () => {
        database.exec("begin immediate");
        const hasNews = batches.map(({ known }) => writeKnown(known)).includes(true);
        for (const { source, rows } of batches) if (rows.length > 0) writeRows(source, rows);
        const writesNotes = hasNews || batches.some(({ rows }) => rows.length > 0);
        if (writesNotes) origins.write();
        aroundCommit(() => database.exec("commit"));
        if (writesNotes) origins.committed();
      }),
  };
}
