/**
 * The rows that were committed last, kept for whoever is sent them: to read them again from the file would be most of what sending them
 * costs. They are kept in groups of one COMMIT at most.
 */
import type { SQLOutputValue } from "node:sqlite";
import type { Connection } from "./connection.ts";
import type { ReadLimits } from "./source-rows.ts";
import type { TextRows, TextRun } from "./row-batch.ts";
import type { NewRow } from "./stored-rows.ts";

/** Who lags behind these reads the file. */
const MOST_GROUPS = 64;
const MOST_BYTES = 4 * 1024 * 1024;

interface Group {
  readonly texts: TextRows;
  readonly count: number;
  /** In characters. */
  readonly size: number;
}

/** Some rows, and the number of the last of them. */
export interface SomeTexts {
  readonly texts: TextRows;
  readonly last: bigint;
}

/** Those of one open database, all of one program. */
export class RecentRows {
  readonly #programId: string;
  readonly #limits: ReadLimits;
  readonly #lastRowid: () => SQLOutputValue;
  readonly #createdAt: (rowid: bigint) => SQLOutputValue;
  /** By the number of their first row. */
  readonly #groups = new Map<bigint, Group>();
  #size = 0;

  constructor({ prepare }: Connection, programId: string, limits: ReadLimits) {
    this.#programId = programId;
    this.#limits = limits;
    const last = prepare("select max(rowid) as rowid from hyperion_key_val");
    const created = prepare("select created_at as createdAt from hyperion_key_val where rowid = ?");
    this.#lastRowid = () => last.get()?.["rowid"] ?? null;
    this.#createdAt = (rowid) => created.get(rowid)?.["createdAt"] ?? null;
  }

  /** These rows are the last of the database. */
  add(rows: readonly NewRow[]): void {
    const place = this.#placeOf(rows.length);
    if (place === undefined || !rows.every(isExact)) return;
    let { first } = place;
    const { createdAt } = place;
    for (const { runs, count, size } of groupsOf(rows, this.#limits)) {
      this.#groups.set(first, { texts: { programId: this.#programId, createdAt, runs }, count, size });
      this.#size += size;
      first += BigInt(count);
    }
    this.#forgetOldest();
  }

  /** The rows behind one, as far as they are known. */
  after(rowid: bigint): SomeTexts | undefined {
    const first = this.#groups.get(rowid + 1n);
    if (first === undefined) return undefined;
    const { programId, createdAt } = first.texts;
    const runs: TextRun[] = [];
    let [last, count, size] = [rowid, 0, 0];
    for (let next: Group | undefined = first; next?.texts.createdAt === createdAt; next = this.#groups.get(last + 1n)) {
      if (count > 0 && (count + next.count > this.#limits.rows || size + next.size > this.#limits.bytes)) break;
      runs.push(...next.texts.runs);
      last += BigInt(next.count);
      count += next.count;
      size += next.size;
    }
    return { texts: { programId, createdAt, runs }, last };
  }

  /** Rows were removed. */
  clear(): void {
    this.#groups.clear();
    this.#size = 0;
  }

  /** Undefined where rows have two times, that of a COMMIT at the turn of a second, or can't be read: whoever sends them will see why. */
  #placeOf(count: number): { readonly first: bigint; readonly createdAt: string } | undefined {
    try {
      const last = this.#lastRowid();
      if (typeof last !== "bigint") return undefined;
      const first = last - BigInt(count) + 1n;
      const createdAt = this.#createdAt(first);
      return typeof createdAt === "string" && this.#createdAt(last) === createdAt ? { first, createdAt } : undefined;
    } catch {
      return undefined;
    }
  }

  #forgetOldest(): void {
    for (const [first, { size }] of this.#groups) {
      if (this.#groups.size <= MOST_GROUPS && this.#size <= MOST_BYTES) return;
      this.#groups.delete(first);
      this.#size -= size;
    }
  }
}

/** SQLite keeps other strings in another way. */
const isExact = ({ map, key, value }: NewRow): boolean =>
  map.isWellFormed() && key.isWellFormed() && value.isWellFormed();

interface GroupOfRuns {
  readonly runs: TextRun[];
  count: number;
  size: number;
}

function groupsOf(rows: readonly NewRow[], limits: ReadLimits): readonly GroupOfRuns[] {
  const groups: GroupOfRuns[] = [];
  let group: GroupOfRuns = { runs: [], count: 0, size: 0 };
  let [keys, values]: [string[], string[]] = [[], []];
  let runMap: string | undefined;
  for (const { map, key, value } of rows) {
    if (group.count === 0 || group.count >= limits.rows || group.size >= limits.bytes) {
      group = { runs: [], count: 0, size: 0 };
      groups.push(group);
      runMap = undefined;
    }
    if (map !== runMap) {
      [keys, values] = [[], []];
      group.runs.push([map, keys, values]);
      runMap = map;
    }
    keys.push(key);
    values.push(value);
    group.count += 1;
    group.size += key.length + value.length;
  }
  return groups;
}
