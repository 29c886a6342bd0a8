/** What two connected programs say of rows: some of them at a time, in the order of writing. */
import type { SQLOutputValue } from "node:sqlite";
import type { KnownOfRows, SourceRow } from "./source-rows.ts";

/** The columns of a row, in this order: names would be most of what is sent. */
export type BatchRow = readonly [
  rowid: SQLOutputValue,
  programId: SQLOutputValue,
  map: SQLOutputValue,
  key: SQLOutputValue,
  keyIsText: SQLOutputValue,
  value: SQLOutputValue,
  valueIsText: SQLOutputValue,
  createdAt: SQLOutputValue,
];

const COLUMNS = 8;

/** Rows all of whose columns are texts, of one program and one second. */
export interface TextRows {
  readonly programId: string;
  /** When they were written: text of SQLite, in UTC, such as `"2026-11-25 12:15:00"`. */
  readonly createdAt: string;
  readonly runs: readonly TextRun[];
}

/** Rows of one map, each with a key in canonical JSON, and the value at the same place. */
export type TextRun = readonly [map: string, keys: readonly string[], values: readonly string[]];

/** Rows of one database file. */
export interface RowBatch {
  /** The name of the file, which no other one has. */
  readonly fileId: string;
  /** They are those behind this row: whoever has not got that far must not take them. */
  readonly after: bigint;
  readonly rows: readonly BatchRow[];
  /** Further rows, in place of `rows`: each has the next rowid behind that of the one before, from that behind `after` on. */
  readonly texts?: TextRows;
  /** What is known of their programs and code; absent where nothing is new since the batch before. */
  readonly known?: KnownOfRows;
}

/** The rows of a database behind some position, as they are committed. Disposing of it ends that. */
export interface RowFeed extends Disposable {
  /** The next of them, at most some hundred; undefined where there are no more now, or the database is closed. Throws a ResultsError where it can't be read. */
  readonly next: () => RowBatch | undefined;
}

/** How a database gives its rows to another one, and takes rows from others. */
export interface RowExchange {
  /** How far the rows of the source `id` were taken in: the last row of each of its files, by the file's id. */
  readonly positionsOf: (id: string) => ReadonlyMap<string, bigint>;
  /** The rows of this database behind `positions`, as the other one has said; `changed` is called when there may be more. */
  readonly feed: (positions: ReadonlyMap<string, bigint>, changed: () => void) => RowFeed;
  /**
   * Takes in a batch of the source `id`, as `takeIn` does: each row once, whichever way it comes. Resolves after the COMMIT, which
   * batches of several sources share.
   *
   * @throws ResultsError `not-the-next` where rows before it are missing: nothing of it is stored; what the database itself says
   */
  readonly take: (batch: RowBatch, options: { readonly id: string }) => Promise<void>;
}

/**
 * The batch that another process has sent.
 *
 * @throws TypeError that says what is wrong with it
 */
export function rowBatchOf(value: unknown): RowBatch {
  const { fileId, after, rows, texts, known } = partsOf(value, "a batch of rows");
  if (typeof fileId !== "string") throw wrong("a batch of rows", "fileId");
  if (typeof after !== "bigint") throw wrong("a batch of rows", "after");
  return {
    fileId,
    after,
    rows: listOf(rows, "rows").map(rowOf),
    ...(texts === undefined ? {} : { texts: textRowsOf(texts) }),
    ...(known === undefined ? {} : { known: knownOf(known) }),
  };
}

/** A row as it goes into a batch. */
export const batchRow = (row: SourceRow): BatchRow => [
  row.rowid,
  row.programId,
  row.map,
  row.key,
  row.keyIsText,
  row.value,
  row.valueIsText,
  row.createdAt,
];

/** The rows of a batch, in their order. */
export const sourceRowsOf = ({ after, rows, texts }: RowBatch): readonly SourceRow[] => [
  ...rows.map(sourceRow),
  ...(texts === undefined ? [] : textRows(after, texts)),
];

function* textRows(after: bigint, { programId, createdAt, runs }: TextRows): Generator<SourceRow> {
  let rowid = after;
  for (const [map, keys, values] of runs)
    for (const [i, key] of keys.entries()) {
      rowid += 1n;
      yield { rowid, programId, map, key, keyIsText: 1n, value: values[i] ?? "", valueIsText: 1n, createdAt };
    }
}

const sourceRow = (row: BatchRow): SourceRow => {
  const [rowid, programId, map, key, keyIsText, value, valueIsText, createdAt] = row;
  return { rowid, programId, map, key, keyIsText, value, valueIsText, createdAt };
};

function textRowsOf(value: unknown): TextRows {
  const { programId, createdAt, runs } = partsOf(value, "rows of texts");
  return {
    programId: textOfPart(programId),
    createdAt: textOfPart(createdAt),
    runs: listOf(runs, "runs").map((run) => {
      const [map, keys, values] = listOf(run, "a run");
      const [ofKeys, ofValues] = [listOf(keys, "keys").map(textOfPart), listOf(values, "values").map(textOfPart)];
      if (ofKeys.length !== ofValues.length) throw wrong("a run", "number of values");
      return [textOfPart(map), ofKeys, ofValues];
    }),
  };
}

function rowOf(value: unknown): BatchRow {
  const row = listOf(value, "a row");
  if (row.length !== COLUMNS || !row.every(isColumn)) throw new TypeError("What came as a row has other columns");
  if (typeof row[0] !== "bigint") throw wrong("a row", "rowid");
  return row as unknown as BatchRow;
}

function knownOf(value: unknown): KnownOfRows {
  const { programs, origins, codes } = partsOf(value, "what is known of rows");
  return {
    programs: listOf(programs, "programs").map(textOfPart),
    origins: listOf(origins, "origins").map((origin) => listOf(origin, "an origin").map(columnOf)),
    codes: listOf(codes, "codes").map((code) => {
      const { map, programId, functionName, hash } = partsOf(code, "a code");
      return {
        map: textOfPart(map),
        programId: textOfPart(programId),
        functionName: textOfPart(functionName),
        hash: textOfPart(hash),
      };
    }),
  };
}

function columnOf(value: unknown): SQLOutputValue {
  if (isColumn(value)) return value;
  throw wrong("a row", "column");
}

const isColumn = (value: unknown): value is SQLOutputValue =>
  value === null ||
  typeof value === "bigint" ||
  typeof value === "number" ||
  typeof value === "string" ||
  value instanceof Uint8Array;

function partsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError(`What came as ${what} is no object`);
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`What came as ${what} is no list`);
  return value;
}

function textOfPart(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("What came as a text is none");
  return value;
}

const wrong = (what: string, part: string): TypeError => new TypeError(`What came as ${what} has no such ${part}`);
