/** What is read of a database for the jobs that ask it, and of theirs. */
import type { Connection } from "./connection.ts";
import type { FilePosition } from "./file-position.ts";
import type { AskedDatabase } from "./sole-job.ts";
import { fileIdOf, reading } from "./source-rows.ts";
import type { TakenRows } from "./taken-rows.ts";

/** Reads how far a database is written now. What it throws, and so does what it gives, is a ResultsError. */
export function positionReader(connection: Connection): () => FilePosition {
  const fileId = fileIdOf(connection);
  const last = reading(connection, () => connection.prepare("select max(rowid) as rowid from hyperion_key_val"));
  return () => reading(connection, () => ({ fileId, rowid: Number(last.get()?.["rowid"] ?? 0) }));
}

/** What jobs that ask a database need to know of it (sole-job.ts). What it throws is a ResultsError. */
export function askedDatabase(connection: Connection, taken: Pick<TakenRows, "last">): AskedDatabase {
  const behind = reading(connection, () =>
    connection.prepare("select kv_map as map, key from hyperion_key_val where rowid > ? order by rowid limit ?"),
  );
  return {
    position: positionReader(connection),
    rowsBehind: ({ rowid }, most) =>
      reading(connection, () => behind.all(rowid, most).map(({ map, key }) => [String(map), String(key)])),
    hasRowsOf: (id, { fileId, rowid }) => Number(taken.last({ id, fileId })) >= rowid,
  };
}
