/** What an open results database is made of. */
import type { Behind } from "./behind.ts";
import type { Connection } from "./connection.ts";
import type { RowOrigins } from "./row-origins.ts";
import type { StoredRows } from "./stored-rows.ts";
import type { TakenRows } from "./taken-rows.ts";

/** The parts of an open file. */
export interface OpenFile {
  /** SQLite's connection to it. */
  readonly connection: Connection;
  /** Its rows: read, written and removed. */
  readonly rows: StoredRows;
  /** Which code its rows are from. */
  readonly origins: RowOrigins;
  /** What was taken in from other databases. */
  readonly taken: TakenRows;
  /** The database that is asked for what this one has not; undefined: none. */
  readonly behind: Behind | undefined;
}
