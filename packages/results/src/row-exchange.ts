/**
 * Rows on their way from one open database to another, whose programs are connected: what `takeIn` takes from a file, as it is
 * committed. The one that gives has a feed, which begins behind what the other one has; the one that takes writes each row once,
 * whatever comes of it by the file meanwhile. A batch says behind which row it begins, so none is left out either.
 */
import type { SQLOutputValue } from "node:sqlite";
import type { Connection } from "./connection.ts";
import { feedReader } from "./feed-reader.ts";
import { GroupCommit } from "./group-commit.ts";
import { ResultsError } from "./results-error.ts";
import { RecentRows } from "./recent-rows.ts";
import { batchRow, type RowBatch, type RowExchange, type RowFeed, sourceRowsOf } from "./row-batch.ts";
import { fileIdOf, type KnownOfRows, knownReader, type ReadLimits, type SourceRow, textOf } from "./source-rows.ts";
import type { NewRow } from "./stored-rows.ts";
import type { Intake } from "./take-in.ts";

/** So that the program that takes stands still for milliseconds, and little is sent twice when a connection is cut. */
const BATCH_LIMITS: ReadLimits = { rows: 512, bytes: 512 * 1024 };
/** So many batches share a COMMIT. */
const BATCHES_AT_ONCE = 16;

interface Arrived {
  readonly id: string;
  readonly batch: RowBatch;
  /** Rows before it are not here: nothing of it was written. */
  isBehindGap: boolean;
}

/** Those of one open database. */
export class DatabaseExchange implements RowExchange {
  readonly #connection: Connection;
  readonly #recent: RecentRows;
  readonly #intake: Intake;
  readonly #commits: GroupCommit<Arrived>;
  readonly #listeners = new Set<() => void>();

  /** `programId` writes rows of its own. */
  constructor(connection: Connection, programId: string, intake: Intake) {
    this.#connection = connection;
    this.#recent = new RecentRows(connection, programId, BATCH_LIMITS);
    this.#intake = intake;
    this.#commits = new GroupCommit((arrived) => this.#write(arrived), BATCHES_AT_ONCE);
  }

  /** Rows of the program itself were committed. */
  committed(rows: readonly NewRow[]): void {
    if (this.#listeners.size > 0) this.#recent.add(rows);
    for (const listener of this.#listeners) listener();
  }

  /** Rows were removed. */
  forgotten(): void {
    this.#recent.clear();
  }

  positionsOf(id: string): ReadonlyMap<string, bigint> {
    return new Map([...this.#intake.taken.lastOf(id)].map(([fileId, rowid]) => [fileId, rowidOf(rowid)]));
  }

  feed(positions: ReadonlyMap<string, bigint>, changed: () => void): RowFeed {
    this.#listeners.add(changed);
    const next = nextBatch(this.#connection, this.#recent, positions);
    return {
      next: () => (this.#connection.database.isOpen ? next() : undefined),
      [Symbol.dispose]: () => void this.#listeners.delete(changed),
    };
  }

  async take(batch: RowBatch, { id }: { readonly id: string }): Promise<void> {
    const arrived: Arrived = { id, batch, isBehindGap: false };
    await this.#commits.add(arrived);
    if (arrived.isBehindGap) throw gap(this.#connection.path, id);
  }

  /** Writes what came, with the next COMMIT. */
  flush(): void {
    this.#commits.flush();
  }

  #write(arrived: readonly Arrived[]): number {
    const { taken, whileOurs, onRow } = this.#intake;
    const startMs = performance.now();
    const last = new Map<string, bigint>();
    const batches = arrived.flatMap((each) => {
      const { id, batch } = each;
      const source = { id, fileId: batch.fileId };
      const place = `${id}\n${batch.fileId}`;
      const before = last.get(place) ?? rowidOf(taken.last(source));
      each.isBehindGap = batch.after > before;
      if (each.isBehindGap) return [];
      const rows = sourceRowsOf(batch).filter(({ rowid }) => rowidOf(rowid) > before);
      last.set(place, lastOf(rows, before));
      return [{ source, rows, known: batch.known ?? NOTHING_KNOWN }];
    });
    whileOurs(() => taken.write(batches));
    for (const { rows, source } of batches) for (const { map, key } of rows) onRow(textOf(map), textOf(key), source.id);
    return performance.now() - startMs;
  }
}

const rowidOf = (column: SQLOutputValue): bigint => (typeof column === "bigint" ? column : 0n);
const lastOf = (rows: readonly SourceRow[], before: bigint): bigint => rowidOf(rows.at(-1)?.rowid ?? before);

const NOTHING_KNOWN: KnownOfRows = { programs: [], origins: [], codes: [] };

/** Gives one batch after the other, and undefined where there is nothing new. What is known of rows goes along when it is new. */
function nextBatch(
  connection: Connection,
  recent: RecentRows,
  positions: ReadonlyMap<string, bigint>,
): () => RowBatch | undefined {
  const fileId = fileIdOf(connection);
  const rowsAfter = feedReader(connection, BATCH_LIMITS);
  const knownNow = knownReader(connection);
  let after = positions.get(fileId) ?? 0n;
  let told = "";
  const whatIsNew = (): Pick<RowBatch, "known"> => {
    const known = knownNow();
    const text = JSON.stringify(known);
    const isNew = text !== told;
    told = text;
    return isNew ? { known } : {};
  };
  return () => {
    const recently = recent.after(after);
    const rows = recently === undefined ? rowsAfter(after) : [];
    if (recently === undefined && rows.length === 0) return undefined;
    const batch: RowBatch = {
      fileId,
      after,
      rows: rows.map(batchRow),
      ...(recently === undefined ? {} : { texts: recently.texts }),
      ...whatIsNew(),
    };
    after = recently?.last ?? lastOf(rows, after);
    return batch;
  };
}

const gap = (path: string, id: string): ResultsError =>
  new ResultsError({
    code: "not-the-next",
    path,
    what: `Rows of ${id} that came for ${path} were not the next ones`,
    advice: "Nothing of them was stored: begin again behind those that are there (`positionsOf`)",
  });
