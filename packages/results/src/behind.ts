/**
 * The database behind another one: somebody else's, who goes on writing it. It is read as it was at a moment, from a copy, and
 * again when it has changed. The first copy is made when a row is wanted that is nowhere else, so that who needs none makes
 * none. The rest between two of them is in proportion to what one takes: a hundred heads that copy a large file all the time would keep
 * its server from all else.
 */
import { positionReader } from "./asked-database.ts";
import { openCopiedDatabase, type CopiedDatabase } from "./copied-database.ts";
import { databaseStamp } from "./database-stamp.ts";
import type { FilePosition } from "./file-position.ts";
import { ResultsError } from "./results-error.ts";
import { RowOrigins, type CodeOfToday } from "./row-origins.ts";
import { readFailure } from "./sqlite-failure.ts";
import { storedRows, type StoredRows } from "./stored-rows.ts";

const LEAST_REST_MS = 10_000;
/** A fiftieth of the time, at most, goes into copies. */
const REST_PER_READ_MS = 50;

/** The rows of one database, and what code they are from. */
export interface RowLayer {
  /** Its rows, to be looked up. */
  readonly rows: Pick<StoredRows, "newest" | "newestOfEach">;
  /** Which code they are from. */
  readonly origins: RowOrigins;
}

/** Another database, as far as it was read. */
export class Behind implements AsyncDisposable {
  readonly #path: string;
  readonly #codeOfToday: CodeOfToday | undefined;
  readonly #onFailed: ((error: ResultsError) => void) | undefined;
  #onRead: ((position: FilePosition) => void) | undefined;
  readonly #ending = new AbortController();
  #layer: RowLayer | undefined;
  #copied: CopiedDatabase | undefined;
  /** What was read, or could not be. */
  #stamp: string | undefined;
  #dueMs = 0;
  #looking: Promise<void> | undefined;
  #hasFailed = false;

  /** `path` need not be there. `onFailed` is called once, where it can't be read: it counts as missing then, or stays as it was read before. */
  constructor(path: string, codeOfToday?: CodeOfToday, onFailed?: (error: ResultsError) => void) {
    this.#path = path;
    this.#codeOfToday = codeOfToday;
    this.#onFailed = onFailed;
  }

  /** What `use` gives of the rows that were last read; undefined where there are none, or where they are damaged, which is only seen then. */
  read<A>(use: (layer: RowLayer) => A): A | undefined {
    if (this.#layer === undefined) return undefined;
    try {
      return use(this.#layer);
    } catch (error) {
      const isOfSqlite =
        error instanceof ResultsError ? DAMAGED.has(error.code) : Error.isError(error) && "errcode" in error;
      if (!isOfSqlite) throw error;
      this.#replace(undefined);
      this.#fail(readFailure(error, this.#path));
      return undefined;
    }
  }

  /** `onRead` is told up to where the database was read, now and whenever it is read again. */
  whenRead(onRead: (position: FilePosition) => void): void {
    this.#onRead = onRead;
    this.#tellPosition();
  }

  /** Whether it was ever looked at. */
  get wasRead(): boolean {
    return this.#dueMs > 0;
  }

  /** Whether who does not find a row is to call `look`. */
  isDue(): boolean {
    return this.#looking !== undefined || performance.now() >= this.#dueMs;
  }

  /** Reads the database if it has changed. All who wait share one reading; rejects with the signal's reason when that aborts. */
  look(signal?: AbortSignal): Promise<void> {
    this.#looking ??= this.#lookOnce();
    return untilAborted(this.#looking, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#looking;
    this.#replace(undefined);
  }

  async #lookOnce(): Promise<void> {
    const startMs = performance.now();
    try {
      await this.#readIfChanged();
    } finally {
      const endMs = performance.now();
      this.#dueMs = endMs + Math.max(LEAST_REST_MS, (endMs - startMs) * REST_PER_READ_MS);
      this.#looking = undefined;
    }
  }

  async #readIfChanged(): Promise<void> {
    let stamp: string | undefined;
    try {
      stamp = databaseStamp(this.#path);
      if (stamp === this.#stamp) return;
      this.#replace(
        stamp === undefined ? undefined : await openCopiedDatabase(this.#path, { signal: this.#ending.signal }),
      );
      this.#stamp = stamp;
      this.#tellPosition();
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      const failure = readFailure(error, this.#path);
      // What is as it was is no better at the next look, unless it was somebody else who was in the way.
      if (!PASSING.has(failure.code)) this.#stamp = stamp;
      this.#fail(failure);
    }
  }

  #tellPosition(): void {
    if (this.#copied !== undefined) this.#onRead?.(positionReader(this.#copied.connection)());
  }

  #replace(copied: CopiedDatabase | undefined): void {
    this.#copied?.[Symbol.dispose]();
    this.#copied = copied;
    if (copied === undefined) {
      this.#layer = undefined;
      return;
    }
    const origins = new RowOrigins(copied.connection, "", this.#codeOfToday);
    this.#layer = { origins, rows: storedRows(copied.connection, "", origins, (commit) => commit()) };
  }

  #fail(error: ResultsError): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onFailed?.(error);
  }
}

const PASSING: ReadonlySet<string> = new Set(["locked", "disk-full"]);
const DAMAGED: ReadonlySet<string> = new Set(["damaged", "sqlite"]);

function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
