/**
 * The results database of a program: one file, one writer, results that are there when their
 * promise says so. Everything runs on the calling thread, on one connection: look-ups are index
 * look-ups of microseconds, and commits are grouped and paced so that they leave the event loop free.
 */
import { openClaim } from "./claim.ts";
import { findDatabase, refuseStrangersFiles } from "./database-files.ts";
import { openConnection, type Connection, type ConnectionSettings } from "./connection.ts";
import { GroupCommit } from "./group-commit.ts";
import type { JsonValue } from "./json-value.ts";
import { keptFiles, type KeptFiles } from "./kept-files.ts";
import { jobOfLock, takeLock, type LockJobs } from "./lock-file.ts";
import { ResultsError } from "./results-error.ts";
import type { ClaimAnswer, ClaimOptions, StoredRow } from "./results-store.ts";
import { RowOrigins, type FunctionCodes, type OtherCode } from "./row-origins.ts";
import type { BatchJob, ResultsCounters, ResultsDatabase, ResultsOptions } from "./results-options.ts";
import { refusedRow } from "./row-size.ts";
import { SingleFlight } from "./single-flight.ts";
import { databaseFailure } from "./sqlite-failure.ts";
import { setStrayLogAside } from "./stray-log.ts";
import { storedRows, type FoundRow, type NewRow, type StoredRows } from "./stored-rows.ts";

/** What `openResults` does. */
export async function openDatabase(options: ResultsOptions): Promise<ResultsDatabase> {
  using opened = new DisposableStack();
  const path = findDatabase(options.path);
  opened.use(lockDatabase(path, `program ${options.programId}`, await lockJobs(path, options.batchJob)));
  refuseStrangersFiles(path);
  const strayLog = handleStrayLog(path);
  const connection = opened.use(openConnection(path, options.programId));
  const origins = new RowOrigins(connection, options.programId, options.codeOfToday);
  const rows = storedRows(connection, options.programId, origins, options.aroundCommit ?? ((commit) => commit()));
  return new SqliteResults(options, { connection, rows, origins }, opened.move(), strayLog);
}

/** A batch system knows of jobs that have ended wherever they ran, where a look for the process is of no use. */
async function lockJobs(path: string, batchJob: BatchJob | undefined): Promise<LockJobs> {
  const job = batchJob === undefined ? undefined : jobOfLock(path);
  const hasEnded = job !== undefined && job !== batchJob?.name && (await batchJob?.hasEnded(job));
  return { own: batchJob?.name, ended: hasEnded === true ? job : undefined };
}

function handleStrayLog(path: string): string | undefined {
  try {
    return setStrayLogAside(path);
  } catch (error) {
    throw databaseFailure(error, path, "Opening");
  }
}

function lockDatabase(path: string, what: string, jobs: LockJobs): Disposable {
  try {
    return takeLock(path, what, jobs);
  } catch (error) {
    throw databaseFailure(error, path, "Locking");
  }
}

/** The parts of an open file. */
interface OpenFile {
  readonly connection: Connection;
  readonly rows: StoredRows;
  readonly origins: RowOrigins;
}

class SqliteResults implements ResultsDatabase {
  readonly path: string;
  readonly programId: string;
  readonly notice: string | undefined;
  readonly #onHit: ((map: string) => void) | undefined;
  readonly #files: KeptFiles;
  readonly #connection: Connection;
  readonly #rows: StoredRows;
  readonly #origins: RowOrigins;
  readonly #onOtherCode: ((found: OtherCode) => void) | undefined;
  /** Maps of which it was told already. */
  readonly #told = new Set<string>();
  readonly #resources: Disposable;
  readonly #commits: GroupCommit<NewRow>;
  readonly #flights = new SingleFlight<string>();
  readonly #counts = { lookups: 0, hits: 0, shared: 0, inserts: 0, commits: 0 };
  #closed = false;

  constructor(
    { programId, onHit, onLost, onOtherCode }: ResultsOptions,
    { connection, rows, origins }: OpenFile,
    resources: Disposable,
    notice: string | undefined,
  ) {
    this.path = connection.path;
    this.programId = programId;
    this.notice = notice;
    this.#onHit = onHit;
    this.#files = keptFiles(connection, programId, onLost);
    this.#connection = connection;
    this.#rows = rows;
    this.#origins = origins;
    this.#onOtherCode = onOtherCode;
    this.#resources = resources;
    this.#commits = new GroupCommit((group) => this.#write(group));
  }

  get counters(): ResultsCounters {
    return { ...this.#counts };
  }

  lookup(map: string, key: string): string | undefined {
    return this.#find(map, key, "any")?.value;
  }

  lookupAll(map: string): readonly StoredRow[] {
    this.#assertOpen();
    return this.#rows.newestOfEach(map).map(({ key, value, programId }) => {
      this.#lookAtCode(map, programId);
      return { key, value };
    });
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
  }

  claim(map: string, key: string, { signal, code = "any" }: ClaimOptions = {}): ClaimAnswer | Promise<ClaimAnswer> {
    signal?.throwIfAborted();
    // The key's text has no line break of its own, so this id is unique.
    const id = `${key}\n${map}`;
    if (this.#flights.isClaimed(id)) return this.#shareFlight(id, map, key, signal);
    const row = this.#find(map, key, code);
    if (row === undefined) {
      this.#flights.claim(id);
      return this.#ownFlight(id, map, key);
    }
    this.#onHit?.(map);
    return { kind: "remembered", value: row.value, codes: this.#codes(map, row.programId) };
  }

  flush(): void {
    this.#commits.flush();
    this.#files.check();
  }

  settings(): ConnectionSettings {
    return this.#connection.settings();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const heard = this.#files.loss() !== undefined;
    try {
      this.#commits.flush();
      if (!heard) this.#complete();
    } finally {
      this.#resources[Symbol.dispose]();
      this.#files[Symbol.dispose]();
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

  #ownFlight(id: string, map: string, key: string): ClaimAnswer {
    const store = (value: string): Promise<void> => this.insert(map, key, value);
    return { kind: "mine", claim: openClaim(this.#flights, { id, map, key, store }) };
  }

  async #shareFlight(id: string, map: string, key: string, signal: AbortSignal | undefined): Promise<ClaimAnswer> {
    const end = await this.#flights.wait(id, signal);
    if (end.kind === "mine") return this.#ownFlight(id, map, key);
    this.#counts.shared += 1;
    return { kind: "shared", value: end.value, codes: this.#codes(map, this.programId) };
  }

  #find(map: string, key: string, code: "any" | "same"): FoundRow | undefined {
    this.#assertOpen();
    const row = this.#rows.newest(map, key);
    const isWanted = row !== undefined && (code === "any" || this.#origins.codeOf(map, row.programId) === "same");
    this.#counts.lookups += 1;
    if (!isWanted) return undefined;
    this.#counts.hits += 1;
    this.#lookAtCode(map, row.programId);
    return row;
  }

  #codes(map: string, programId: string): FunctionCodes {
    return this.#origins.functionsOf(map, programId);
  }

  #lookAtCode(map: string, programId: string): void {
    if (this.#onOtherCode === undefined || this.#told.has(map) || this.#origins.codeOf(map, programId) !== "other")
      return;
    this.#told.add(map);
    const found = this.#origins.otherCode(map);
    if (found !== undefined) this.#onOtherCode(found);
  }

  #write(rows: readonly NewRow[]): number {
    const commitMs = this.#files.whileOurs(rows, () => this.#rows.write(rows));
    this.#counts.inserts += rows.length;
    this.#counts.commits += 1;
    return commitMs;
  }

  #assertOpen(): void {
    if (this.#closed) throw this.#closedError();
    const lost = this.#files.loss();
    if (lost) throw lost;
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
