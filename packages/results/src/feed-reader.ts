/**
 * Reads the rows of an open database for another one. All columns of what this software writes are texts, which SQLite and strings
 * agree on, and these go as strings: that is several times as quick as byte by byte, and a head reads each of its rows so. All else
 * goes by the bytes.
 */
import type { SQLOutputValue } from "node:sqlite";
import type { Connection } from "./connection.ts";
import { reading, type ReadLimits, rowReader, type SourceRow } from "./source-rows.ts";

/** What SQLite or Node puts in the place of bytes that are no text. */
const NO_CHARACTER = "\uFFFD";

/** The rows behind one, in the order of writing. What it throws, and so does what it gives, is a ResultsError. */
export function feedReader(
  connection: Connection,
  limits: ReadLimits,
): (rowid: SQLOutputValue) => readonly SourceRow[] {
  const byBytes = rowReader(connection, { ...limits, rows: 1 });
  const rows = reading(connection, () =>
    connection.prepare(`
      select rowid, program_id as programId, kv_map as map, key, val as value, created_at as createdAt,
        program_id in (select program_id from hyperion_ts_program) as isCanonical
      from hyperion_key_val where rowid > ? order by rowid`),
  );
  return (rowid) =>
    reading(connection, () => {
      const batch: SourceRow[] = [];
      let last = rowid;
      let size = 0;
      for (const row of rows.iterate(rowid)) {
        const next = textRow(row) ?? byBytes(last)[0];
        if (next === undefined) break;
        batch.push(next);
        last = next.rowid;
        size += sizeOf(next.value);
        if (batch.length >= limits.rows || size >= limits.bytes) break;
      }
      return batch;
    });
}

/** A row of texts; undefined for another one, and where Node could make no string. */
function textRow(row: Readonly<Record<string, SQLOutputValue>> | undefined): SourceRow | undefined {
  if (row === undefined || row["isCanonical"] !== 1n) return undefined;
  const { rowid = null, programId = null, map = null, key = null, value = null, createdAt = null } = row;
  if (![programId, map, key, value].every(isExact)) return undefined;
  return { rowid, programId, map, key, keyIsText: 1n, value, valueIsText: 1n, createdAt };
}

const isExact = (column: SQLOutputValue): boolean => typeof column === "string" && !column.includes(NO_CHARACTER);

const sizeOf = (value: SQLOutputValue): number =>
  typeof value === "string" || value instanceof Uint8Array ? value.length : 0;
