/**
 * The results database of a program: one file, one writer, results that are there when their
 * promise says so. Everything runs on the calling thread, on one connection: look-ups are index
 * look-ups of microseconds, and commits are grouped and paced so that they leave the event loop free.
 */
import type { Behind } from "./behind.ts";
import { openClaim } from "./claim.ts";
import type { Connection, ConnectionSettings } from "./connection.ts";
import { GroupCommit } from "./group-commit.ts";
import type { JsonValue } from "./json-value.ts";
import { keptFiles, type KeptFiles } from "./kept-files.ts";
import type { OpenFile } from "./open-file.ts";
import { ResultsError } from "./results-error.ts";
import type { ResultsCounters, ResultsDatabase, ResultsOptions, TakenIn } from "./results-options.ts";
import type { ClaimAnswer, ClaimOptions, StoredRow } from "./results-store.ts";
import { RowFinder, rowId, type FoundValue } from "./row-finder.ts";
import type { RowOrigins } from "./row-origins.ts";
import { refusedRow } from "./row-size.ts";
import { SingleFlight } from "./single-flight.ts";
import type { MapSummary, NewRow, StoredRows } from "./stored-rows.ts";
import { TakeIn } from "./take-in.ts";

/** What is asked for by a claim; `id` is the flight's. */
interface WantedKey extends Required<ClaimOptions> {
  readonly id: string;
  readonly map: string;
  readonly key: string;
}

/** An open file as `openDatabase` gives it. */
export class SqliteResults implements ResultsDatabase {
  readonly path: string;
  readonly programId: string;
  readonly notice: string | undefined;
  readonly #told: Pick<ResultsOptions, "onHit" | "onForgotten">;
  readonly #files: KeptFiles;
  readonly #connection: Connection;
  readonly #rows: StoredRows;
  readonly #origins: RowOrigins;
  readonly #finder: RowFinder;
  readonly #behind: Behind | undefined;
  readonly #resources: Disposable;
  readonly #commits: GroupCommit<NewRow>;
  readonly #flights = new SingleFlight<string>();
  readonly #takeIn: TakeIn;
  /** Claims that are running while a row of their key has come in. */
  readonly #overtaken = new Set<string>();
  readonly #counts = { lookups: 0, hits: 0, shared: 0, inserts: 0, commits: 0 };
  #closed = false;

  constructor(
    { programId, onLost, onOtherCode, ...told }: ResultsOptions,
    { connection, rows, origins, taken, behind }: OpenFile,
    resources: Disposable,
    notice: string | undefined,
  ) {
    this.path = connection.path;
    this.programId = programId;
    this.notice = notice;
    this.#told = told;
    this.#files = keptFiles(connection, programId, onLost);
    this.#connection = connection;
    this.#rows = rows;
    this.#origins = origins;
    this.#behind = behind;
    this.#finder = new RowFinder({ rows, origins }, behind, onOtherCode);
    this.#resources = resources;
    this.#takeIn = new TakeIn({
      taken,
      whileOurs: (write) => {
        this.#assertOpen();
        return this.#files.whileOurs([], write);
      },
      onRow: (map, key) => {
        if (this.#flights.isClaimed(rowId(map, key))) this.#overtaken.add(rowId(map, key));
      },
    });
    this.#commits = new GroupCommit((group) => this.#write(group));
  }

  get counters(): ResultsCounters {
    return { ...this.#counts };
  }

  readonly maps = (): readonly MapSummary[] => this.#rows.maps();

  lookup(map: string, key: string): string | undefined | Promise<string | undefined> {
    return this.#answer(
      () => this.#finder.find(map, key, "any") !== undefined,
      () => this.#find(map, key, "any")?.value,
    );
  }

  lookupAll(map: string): readonly StoredRow[] | Promise<readonly StoredRow[]> {
    return this.#answer(
      () => false,
      () => this.#finder.all(map),
    );
  }

  noteCode(map: string, functionName: string, hash?: string): void {
    this.#origins.note(map, functionName, hash);
  }

  describeProgram(about: Readonly<Record<string, JsonValue>>): void {
    this.#origins.describeProgram(about);
  }

  insert(map: string, key: string, value: string): Promise<void> {
    const row = { map, key, value };
    const refusal = this.#closed ? this.#closedError() : (this.#files.loss() ?? refusedRow(row, this.path));
    return refusal ? Promise.reject(refusal) : this.#commits.add(row);
  }

  async forget(map: string, keys: readonly string[]): Promise<void> {
    this.#assertOpen();
    this.#files.whileOurs([], () => this.#rows.forget(map, keys));
    this.#finder.forgotten(map, keys);
    if (keys.length > 0) this.#told.onForgotten?.(map, keys.length);
  }

  claim(map: string, key: string, { signal, code = "any" }: ClaimOptions = {}): ClaimAnswer | Promise<ClaimAnswer> {
    const id = rowId(map, key);
    return this.#answer(
      () => this.#flights.isClaimed(id) || this.#finder.find(map, key, code) !== undefined,
      () => this.#claim({ id, map, key, signal, code }),
      signal,
    );
  }

  async takeIn(source: string, options: { readonly id: string }): Promise<TakenIn> {
    this.#assertOpen();
    return this.#takeIn.take(source, options);
  }

  flush(): void {
    this.#commits.flush();
    this.#files.check();
  }

  readonly settings = (): ConnectionSettings => this.#connection.settings();

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const heard = this.#files.loss() !== undefined;
    const read = Promise.all([this.#behind?.[Symbol.asyncDispose](), this.#takeIn.end(this.#closedError())]);
    try {
      this.#commits.flush();
      if (!heard) this.#complete();
    } finally {
      this.#resources[Symbol.dispose]();
      this.#files[Symbol.dispose]();
      await read;
    }
    if (!heard) this.#files.closed();
  }

  /** All that is in the log comes into the database, while what has become of either can still be told and mended. */
  #complete(): void {
    this.#files.whileOurs([], () => {
      // What became known of the program behind its last row.
      if (this.#counts.inserts > 0) this.#origins.write();
      checkpoint(this.#connection);
    });
  }

  /** What `answer` gives; where that depends on rows that are not here, after a look at the database behind. */
  #answer<A>(isHere: () => boolean, answer: () => A | Promise<A>, signal?: AbortSignal): A | Promise<A> {
    signal?.throwIfAborted();
    this.#assertOpen();
    if (this.#behind?.isDue() !== true || isHere()) return answer();
    return this.#behind.look(signal).then(() => {
      signal?.throwIfAborted();
      this.#assertOpen();
      return answer();
    });
  }

  #claim({ id, map, key, signal, code }: WantedKey): ClaimAnswer | Promise<ClaimAnswer> {
    const isHere = this.#overtaken.has(id) && this.#finder.find(map, key, code) !== undefined;
    if (this.#flights.isClaimed(id) && !isHere) return this.#shareFlight(id, map, key, signal);
    const row = this.#find(map, key, code);
    if (row === undefined) {
      this.#overtaken.delete(id);
      this.#flights.claim(id);
      return this.#ownFlight(id, map, key);
    }
    this.#told.onHit?.(map);
    return { kind: "remembered", value: row.value, codes: row.codes };
  }

  #ownFlight(id: string, map: string, key: string): ClaimAnswer {
    const store = (value: string): Promise<void> => this.insert(map, key, value);
    return { kind: "mine", claim: openClaim(this.#flights, { id, map, key, store }) };
  }

  async #shareFlight(id: string, map: string, key: string, signal: AbortSignal | undefined): Promise<ClaimAnswer> {
    const end = await this.#flights.wait(id, signal);
    if (end.kind === "mine") return this.#ownFlight(id, map, key);
    this.#counts.shared += 1;
    return { kind: "shared", value: end.value, codes: this.#origins.functionsOf(map, this.programId) };
  }

  #find(map: string, key: string, code: "any" | "same"): FoundValue | undefined {
    const row = this.#finder.find(map, key, code);
    this.#counts.lookups += 1;
    if (row !== undefined) this.#counts.hits += 1;
    return row;
  }

  #write(rows: readonly NewRow[]): number {
    const commitMs = this.#files.whileOurs(rows, () => this.#rows.write(rows));
    this.#counts.inserts += rows.length;
    this.#counts.commits += 1;
    return commitMs;
  }

  #assertOpen(): void {
    const error = this.#closed ? this.#closedError() : this.#files.loss();
    if (error) throw error;
  }

  #closedError(): ResultsError {
    return new ResultsError({
      code: "closed",
      path: this.path,
      what: `The results database ${this.path} has been closed`,
      advice: "Use it only inside the scope that opened it: a job must not outlive its program",
    });
  }
}

/** Where it fails, as on a full disk, all stays in the log, out of which the next one who opens the database completes it. */
function checkpoint({ prepare }: Connection): void {
  try {
    prepare("pragma wal_checkpoint(full)").get();
  } catch {
    // SQLite says more when it closes the database, or when that is opened.
  }
}
