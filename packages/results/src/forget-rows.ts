/** Deleting rows: all of a key, older ones too, so that none of them becomes the newest. */
import type { Connection } from "./connection.ts";
import type { AroundCommit } from "./group-commit.ts";
import { KEEP_NEWEST_ROWID } from "./new-rowid.ts";

/** Deletes all rows of a map that have one of these texts for a key, in one transaction. Returns after its COMMIT. */
export type ForgetRows = (map: string, keys: readonly string[]) => void;

/** What deletes rows of the open database; its COMMIT runs inside of `aroundCommit`. */
export function rowsForgetter({ prepare, database }: Connection, aroundCommit: AroundCommit): ForgetRows {
  const begin = prepare("begin immediate");
  const keepNewest = prepare(KEEP_NEWEST_ROWID);
  const remove = prepare("delete from hyperion_key_val where kv_map = ? and key = ?");
  const commit = prepare("commit");
  return (map, keys) => {
    try {
      begin.run();
      keepNewest.run();
      for (const key of keys) remove.run(map, key);
      aroundCommit(() => void commit.run());
    } catch (error) {
      if (database.isTransaction) database.exec("rollback");
      throw error;
    }
  };
}
