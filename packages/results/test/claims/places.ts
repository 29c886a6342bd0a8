/** What a world of claims is made of: databases in memory, and channels between them, of which nothing moves by itself. */
import type { ClaimChannel, RemoteArbiter, SendMessages } from "../../src/arbiter.ts";
import { Claims } from "../../src/claims.ts";
import type { ResultsStore } from "../../src/index.ts";
import type { FoundValue } from "../../src/row-finder.ts";

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

  send(queue: unknown[]): SendMessages {
    return (messages) => {
      if (!this.isCut) queue.push(JSON.parse(JSON.stringify(messages)));
    };
  }

  *steps(): Generator<Step> {
    const deliver =
      (end: "program" | "job", queue: unknown[]): Step =>
      () =>
        this.ends.get(end)?.receive(queue.shift());
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
  readonly claims: Claims;
  readonly store: ResultsStore;
  readonly commits: Step[] = [];
  readonly running = new Set<Step>();
  readonly calls = new Set<{ readonly abort: () => void; readonly signal: AbortSignal; readonly lose: () => void }>();
  isKilled = false;

  constructor(number: number, arbiter: RemoteArbiter | undefined, onRow: (row: Row) => void) {
    this.number = number;
    const insert = (_map: string, key: string, value: string): Promise<void> =>
      new Promise((resolve) => {
        this.commits.push(() => {
          const row = { key, value, codes: new Map([["f", "today"]]), isOfToday: true };
          this.rows.set(key, row);
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
    });
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

  *steps(): Generator<Step> {
    if (this.commits.length > 0) yield () => this.commits.shift()?.();
    yield* this.running;
  }

  #find(key: string, code: "any" | "same"): Row | undefined {
    const row = this.rows.get(key);
    return code === "same" && row?.isOfToday !== true ? undefined : row;
  }
}
