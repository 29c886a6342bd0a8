/**
 * Rows whose keys another program wrote. Hyperion orders properties as they were declared and writes
 * numbers as aeson does, so its key for `{ n: 2, x: 0.01 }` may read `{"x":1.0e-2,"n":2}`: an index
 * look-up of our text misses it. Those texts are listed here by the canonical text that they stand for.
 *
 * Only rows of programs that never opened the file through this package can be foreign, and none can
 * arrive while we hold it. So a map's list is made once, when the map is first used, from the index alone.
 */
import { canonicalKeyText } from "./canonical-json.ts";
import type { Connection } from "./connection.ts";

/** The foreign keys of one map, both ways. */
export interface ForeignKeys {
  /** From a canonical text to the other texts of the same key. */
  readonly textsOf: ReadonlyMap<string, readonly string[]>;
  /** From a foreign text to its canonical text. */
  readonly canonicalOf: ReadonlyMap<string, string>;
}

/** Makes the list of a map; later calls for the same map return the same list. */
export function foreignKeysReader(connection: Connection): (map: string) => ForeignKeys {
  const known = new Map<string, ForeignKeys>();
  const foreign = connection.prepare(`
    select distinct key from hyperion_key_val
    where kv_map = ? and program_id not in (select program_id from hyperion_ts_program)`);
  return (map) => {
    const keys =
      known.get(map) ??
      listForeignKeys(
        foreign
          .all(map)
          .map(({ key }) => key)
          .filter((key) => typeof key === "string"),
      );
    known.set(map, keys);
    return keys;
  };
}

function listForeignKeys(texts: readonly string[]): ForeignKeys {
  const canonicalOf = new Map<string, string>();
  for (const text of texts) {
    const canonical = canonicalKeyText(text);
    if (canonical !== undefined && canonical !== text) canonicalOf.set(text, canonical);
  }
  return { canonicalOf, textsOf: Map.groupBy(canonicalOf.keys(), (text) => canonicalOf.get(text) ?? text) };
}
