/**
 * Many rows in one transaction. A durable commit waits for the disk, 0.3 ms on a good one and 50 ms
 * on a bad one, and blocks the process for as long; so rows that arrive in the meantime share the next.
 * After a COMMIT that took d ms the next one waits 4·d, at most 50 ms: waiting for the disk blocks the
 * event loop for a fifth of the time at most (more where a COMMIT takes longer than 12 ms), and no row
 * waits long.
 *
 * A row's promise resolves after COMMIT has returned, never earlier. If anything fails before that, the
 * transaction is rolled back and all its rows are rejected.
 */
import { after } from "@hyperion-ts/bounds";

/**
 * Writes rows in one transaction, returns after its COMMIT, and says how long that took, in ms.
 *
 * @throws what failed, when the transaction was rolled back
 */
export type WriteRows<Row> = (rows: readonly Row[]) => number;

/** Runs the COMMIT of a transaction; see `ResultsOptions.aroundCommit`. */
export type AroundCommit = (commit: () => void) => void;

interface Pending<Row> {
  readonly row: Row;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** 7 µs each, so about 15 ms. */
const LARGEST_TRANSACTION = 2048;
const REST_PER_COMMIT_MS = 4;
const LONGEST_REST_MS = 50;

/** Gathers rows and writes them in groups. */
export class GroupCommit<Row> {
  readonly #write: WriteRows<Row>;
  readonly #largest: number;
  #pending: Pending<Row>[] = [];
  #scheduled: { readonly cancel: () => void } | undefined;
  #restUntilMs = 0;
  /** When the first of the rows that wait was added, or a little earlier, on performance.now()'s clock. */
  #sinceMs = 0;

  /** `write` writes rows in one transaction, `largest` of them at most. */
  constructor(write: WriteRows<Row>, largest = LARGEST_TRANSACTION) {
    this.#write = write;
    this.#largest = largest;
  }

  /** The rows that wait for a COMMIT, and since when the first of them does. */
  get waits(): { readonly rows: readonly Row[]; readonly sinceMs: number } {
    return { rows: this.#pending.map(({ row }) => row), sinceMs: this.#sinceMs };
  }

  /** Adds a row; resolves once it is committed. */
  add(row: Row): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ row, resolve, reject });
      this.#scheduled ??= this.#schedule();
    });
  }

  /** Commits all pending rows now, without a rest. The rows' own promises tell how that went. */
  flush(): void {
    this.#scheduled?.cancel();
    this.#scheduled = undefined;
    while (this.#pending.length > 0) this.#commitGroup();
  }

  #schedule(): { readonly cancel: () => void } {
    this.#sinceMs = performance.now();
    const restMs = this.#restUntilMs - this.#sinceMs;
    if (restMs > 0) {
      const timer = after(restMs, () => this.#run());
      return { cancel: () => timer[Symbol.dispose]() };
    }
    const immediate = setImmediate(() => this.#run());
    return { cancel: () => clearImmediate(immediate) };
  }

  #run(): void {
    this.#commitGroup();
    this.#scheduled = this.#pending.length > 0 ? this.#schedule() : undefined;
  }

  #commitGroup(): void {
    const group = this.#pending.slice(0, this.#largest);
    this.#pending = this.#pending.slice(this.#largest);
    try {
      const commitMs = this.#write(group.map(({ row }) => row));
      this.#restUntilMs = performance.now() + Math.min(REST_PER_COMMIT_MS * commitMs, LONGEST_REST_MS);
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    for (const { resolve } of group) resolve();
  }
}
