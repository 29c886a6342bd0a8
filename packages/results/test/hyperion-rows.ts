import { DatabaseSync } from "node:sqlite";

/** Makes a database as Hyperion does: its SQL, and keys and values as aeson writes them. */
export function writtenByHyperion(
  path: string,
  rows: readonly (readonly [map: string, key: string, value: string])[],
): void {
  using database = new DatabaseSync(path);
  database.exec(`create table if not exists hyperion_key_val
    ( program_id text not null
    , kv_map text not null
    , key text not null
    , val text not null
    , created_at timestamp default current_timestamp not null
    )`);
  const insert = database.prepare("insert into hyperion_key_val(program_id, kv_map, key, val) values (?, ?, ?, ?)");
  for (const row of rows) insert.run("XvUrT", ...row);
}
