/**
 * The rowids of new rows. SQLite gives the number of a removed row again, if that was the newest, and who takes rows in from
 * this database (take-in.ts) would take the new row for the old one. AUTOINCREMENT would prevent that, and be another
 * table than Hyperion's. So the newest number that a removed row had is kept beside the rows.
 */

/** For the rowid of a row to be inserted: above those of all rows that there are, and were. */
export const NEW_ROWID =
  "(select max(newest_removed, coalesce((select max(rowid) from hyperion_key_val), 0)) + 1 from hyperion_ts_file)";

/** To be run before rows are removed, in the same transaction. */
export const KEEP_NEWEST_ROWID =
  "update hyperion_ts_file set newest_removed = max(newest_removed, coalesce((select max(rowid) from hyperion_key_val), 0))";
