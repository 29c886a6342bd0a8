/**
 * The results database of a program: one file, one writer, results that are there when their
 * promise says so. Everything runs on the calling thread, on one connection: look-ups are index
 * look-ups of microseconds, and commits are grouped and paced so that they leave the event loop free.
 */
import type { Arbiter, ClaimSession, ClaimSessionOptions } from "./arbiter.ts";
import { askedDatabase, positionReader } from "./asked-database.ts";
import type { Behind } from "./behind.ts";
import { DatabaseClaimSession } from "./claim-session.ts";
import { Claims } from "./claims.ts";
import { checkpoint, type Connection, type ConnectionSettings } from "./connection.ts";
import { GroupCommit } from "./group-commit.ts";
import type { JsonValue } from "./json-value.ts";
import { keptFiles, type KeptFiles } from "./kept-files.ts";
import type { OpenFile } from "./open-file.ts";
import { ResultsError } from "./results-error.ts";
import type { ResultsCounters, ResultsDatabase, ResultsOptions, TakenIn } from "./results-options.ts";
import type { ClaimAnswer, ClaimOptions, StoredRow } from "./results-store.ts";
import { DatabaseExchange } from "./row-exchange.ts";
import { RowFinder } from "./row-finder.ts";
import type { RowOrigins } from "./row-origins.ts";
import { refusedRow } from "./row-size.ts";
import type { StoreWait } from "./store-wait.ts";
import type { MapSummary, NewRow, StoredRows } from "./stored-rows.ts";
import { type Intake, TakeIn } from "./take-in.ts";
import { UseCounts } from "./use-counts.ts";

/** An open file as `openDatabase` gives it. */
export class SqliteResults implements ResultsDatabase {
  readonly path: string;
  readonly programId: string;
  readonly notice: string | undefined;
  readonly exchange: DatabaseExchange;
  readonly #onForgotten: ResultsOptions["onForgotten"];
  readonly #files: KeptFiles;
  readonly #connection: Connection;
  readonly #rows: StoredRows;
  readonly #origins: RowOrigins;
  readonly #finder: RowFinder;
  readonly #behind: Behind | undefined;
  readonly #resources: Disposable;
  readonly #commits: GroupCommit<NewRow>;
  readonly #arbiter: Arbiter | undefined;
  readonly #claims: Claims;
  readonly #takeIn: TakeIn;
  readonly #counts: UseCounts;
  #closed = false;

  constructor(
    { programId, onHit, onForgotten, onLost, onOtherCode, arbiter }: ResultsOptions,
    { connection, rows, origins, taken, behind }: OpenFile,
    resources: Disposable,
    notice: string | undefined,
  ) {
    this.path = connection.path;
    this.programId = programId;
    this.notice = notice;
    this.#counts = new UseCounts(onHit);
    this.#onForgotten = onForgotten;
    this.#files = keptFiles(connection, programId, onLost);
    this.#connection = connection;
    this.#rows = rows;
    this.#origins = origins;
    this.#behind = behind;
    this.#finder = new RowFinder({ rows, origins }, behind, onOtherCode);
    this.#resources = resources;
    const intake: Intake = {
      taken,
      whileOurs: (write) => {
        this.#assertOpen();
        return this.#files.whileOurs([], write);
      },
      onRow: (map, key, source) => this.#claims.rowCame(map, key, source),
    };
    this.#takeIn = new TakeIn(intake);
    this.exchange = new DatabaseExchange(connection, programId, intake);
    this.#arbiter = arbiter;
    this.#claims = new Claims({
      finder: this.#finder,
      arbiter,
      insert: (map, key, value) => this.insert(map, key, value),
      codesOf: (map) => origins.functionsOf(map, programId),
      areOther: (codes) => origins.changed(codes).length > 0,
      assertOpen: () => this.#assertOpen(),
      asked: askedDatabase(connection, taken),
    });
    const position = positionReader(connection);
    arbiter?.serves(() => (this.#closed ? undefined : position()));
    if (arbiter !== undefined) behind?.whenRead((read) => arbiter.hasRead(read));
    this.#commits = new GroupCommit((group) => this.#write(group));
  }

  get counters(): ResultsCounters {
    return this.#counts.now;
  }

  readonly maps = (): readonly MapSummary[] => this.#rows.maps();

  /** What is waited for: values that others compute, and COMMITs. */
  *waits(): Generator<StoreWait> {
    yield* this.#claims.waits();
    const { rows, sinceMs } = this.#commits.waits;
    for (const { map, key } of rows) yield { kind: "commit", map, key, callers: 1, sinceMs };
  }

  lookup(map: string, key: string): string | undefined | Promise<string | undefined> {
    return this.#answer(
      () => this.#canAsk || this.#finder.find(map, key, "any") !== undefined,
      () =>
        this.#counts.lookup(this.#finder.find(map, key, "any")) ??
        this.#claims.lookupElsewhere(map, key)?.then((found) => this.#counts.hit(found)),
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
    this.exchange.forgotten();
    if (this.#behind !== undefined || this.#arbiter !== undefined) this.#finder.forgotten(map, keys);
    if (keys.length > 0) this.#onForgotten?.(map, keys.length);
  }

  claim(map: string, key: string, { signal, code = "any" }: ClaimOptions = {}): ClaimAnswer | Promise<ClaimAnswer> {
    return this.#answer(
      () => this.#canAsk || this.#claims.isClaimed(map, key) || this.#finder.find(map, key, code) !== undefined,
      () => {
        const answer = this.#claims.claim({ map, key, signal, code });
        return answer instanceof Promise
          ? answer.then((later) => this.#counts.answer(map, later))
          : this.#counts.answer(map, answer);
      },
      signal,
    );
  }

  openClaimSession(options: ClaimSessionOptions): ClaimSession {
    this.#assertOpen();
    return new DatabaseClaimSession(options, this.#claims);
  }

  async takeIn(source: string, options: { readonly id: string }): Promise<TakenIn> {
    this.#assertOpen();
    return this.#takeIn.take(source, options);
  }

  flush(): void {
    this.#commits.flush();
    this.exchange.flush();
    this.#files.check();
  }

  readonly settings = (): ConnectionSettings => this.#connection.settings();

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#claims.close(this.#closedError());
    const heard = this.#files.loss() !== undefined;
    const read = Promise.all([this.#behind?.[Symbol.asyncDispose](), this.#takeIn.end(this.#closedError())]);
    try {
      this.#commits.flush();
      this.exchange.flush();
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
      if (this.#counts.now.inserts > 0) this.#origins.write();
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

  /** The arbiter has newer rows than any that could be read from behind. */
  get #canAsk(): boolean {
    return this.#behind?.wasRead === true && this.#arbiter?.isReachable() === true;
  }

  #write(rows: readonly NewRow[]): number {
    const commitMs = this.#files.whileOurs(rows, () => this.#rows.write(rows));
    this.#counts.written(rows.length);
    this.exchange.committed(rows);
    for (const { map, key } of rows) this.#claims.soleJob.rowCame(map, key);
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
