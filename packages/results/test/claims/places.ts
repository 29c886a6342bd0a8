/** What a world of claims is made of: databases in memory, and channels between them, of which nothing moves by itself. */
import type { ClaimChannel, RemoteArbiter, SendMessages } from "../../src/arbiter.ts";
import { Claims } from "../../src/claims.ts";
import type { FilePosition } from "../../src/file-position.ts";
import type { ResultsStore } from "../../src/index.ts";
import type { FoundValue } from "../../src/row-finder.ts";

/** The one map of all. */
export const MAP = "m";

const fileOf = (place: number): string => `file of ${place}`;

/** A row, and whether today's code has computed it. */
export interface Row extends FoundValue {
  readonly key: string;
  readonly isOfToday: boolean;
}

/** What waits to happen. */
export type Step = () => void;

/** A channel between a job and the program. */
export class Wire {
  readonly toProgram: unknown[] = [];
  readonly toJob: unknown[] = [];
  readonly ends = new Map<"program" | "job", ClaimChannel>();
  isCut = false;
  /** How often the job was told that it is the sole one. */
  soleCount = 0;

  send(queue: unknown[]): SendMessages {
    return (messages) => {
      if (!this.isCut) queue.push(JSON.parse(JSON.stringify(messages)));
    };
  }

  *steps(): Generator<Step> {
    const deliver =
      (end: "program" | "job", queue: unknown[]): Step =>
      () => {
        const messages = queue.shift();
        if (JSON.stringify(messages).includes('"sole"')) this.soleCount += 1;
        this.ends.get(end)?.receive(messages);
      };
    if (this.toProgram.length > 0) yield deliver("program", this.toProgram);
    if (this.toJob.length > 0) yield deliver("job", this.toJob);
    // Each end learns of a cut at a time of its own.
    if (this.isCut)
      for (const [end, channel] of this.ends)
        yield () => {
          channel[Symbol.dispose]();
          this.ends.delete(end);
        };
  }

  cut(): void {
    this.isCut = true;
    this.toProgram.length = 0;
    this.toJob.length = 0;
  }
}

/** A database in memory, whose claims are the real ones. */
export class Place {
  readonly number: number;
  readonly rows = new Map<string, Row>();
  /** The keys of its rows, in the order of writing. */
  readonly log: string[] = [];
  /** How many rows of each other place it has taken in. */
  readonly taken = new Map<string, number>();
  readonly claims: Claims;
  readonly store: ResultsStore;
  readonly commits: Step[] = [];
  readonly running = new Set<Step>();
  readonly calls = new Set<{ readonly abort: () => void; readonly signal: AbortSignal; readonly lose: () => void }>();
  isKilled = false;

  constructor(number: number, arbiter: RemoteArbiter | undefined, onRow: (row: Row) => void) {
    this.number = number;
    const insert = (map: string, key: string, value: string): Promise<void> =>
      new Promise((resolve) => {
        this.commits.push(() => {
          const row = { key, value, codes: new Map([["f", "today"]]), isOfToday: true };
          this.write(row);
          this.claims.soleJob.rowCame(map, key);
          onRow(row);
          resolve();
        });
      });
    this.claims = new Claims({
      arbiter,
      insert,
      finder: { find: (_map, key, code) => this.#find(key, code), isForgotten: () => false },
      codesOf: () => new Map([["f", "today"]]),
      areOther: (codes) => codes.get("f") !== "today",
      assertOpen: () => undefined,
      asked: {
        position: () => this.position,
        rowsBehind: ({ rowid }, most) => this.log.slice(rowid, rowid + most).map((key) => [MAP, key]),
        asksBetween: 1,
        hasRowsOf: (source, { rowid }) => (this.taken.get(source) ?? 0) >= rowid,
      },
    });
    arbiter?.serves(() => this.position);
    // Nothing of the program's: of each row there it has to ask.
    arbiter?.hasRead({ fileId: fileOf(0), rowid: 0 });
    const unused = (): never => {
      throw new Error("not used");
    };
    this.store = {
      insert,
      claim: (name, key, { signal, code = "any" } = {}) => this.claims.claim({ map: name, key, signal, code }),
      noteCode: () => undefined,
      lookup: unused,
      lookupAll: unused,
      forget: unused,
    };
  }

  /** The name by which its rows are taken in. */
  get source(): string {
    return String(this.number);
  }

  /** How far it is written. */
  get position(): FilePosition {
    return { fileId: fileOf(this.number), rowid: this.log.length };
  }

  /** A row of another place comes in. */
  take(row: Row, source: string): void {
    this.taken.set(source, (this.taken.get(source) ?? 0) + 1);
    this.write(row);
    this.claims.rowCame(MAP, row.key, source);
  }

  *steps(): Generator<Step> {
    if (this.commits.length > 0) yield () => this.commits.shift()?.();
    yield* this.running;
  }

  /** A row is there. */
  write(row: Row): void {
    this.rows.set(row.key, row);
    this.log.push(row.key);
  }

  #find(key: string, code: "any" | "same"): Row | undefined {
    const row = this.rows.get(key);
    return code === "same" && row?.isOfToday !== true ? undefined : row;
  }
}
