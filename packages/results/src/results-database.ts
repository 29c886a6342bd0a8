/**
 * The results database of a program: one file, one writer, results that are there when their
 * promise says so. Everything runs on the calling thread, on one connection: look-ups are index
 * look-ups of microseconds, and commits are grouped and paced so that they leave the event loop free.
 */
import { openClaim } from "./claim.ts";
import { findDatabase, refuseStrangersFiles } from "./database-files.ts";
import { openConnection, type Connection, type ConnectionSettings } from "./connection.ts";
import { GroupCommit } from "./group-commit.ts";
import { keptFiles, type KeptFiles } from "./kept-files.ts";
import { jobOfLock, takeLock, type LockJobs } from "./lock-file.ts";
import { ResultsError } from "./results-error.ts";
import type { Claimed, ResultsStore, StoredRow } from "./results-store.ts";
import { refusedRow } from "./row-size.ts";
import { SingleFlight } from "./single-flight.ts";
import { databaseFailure } from "./sqlite-failure.ts";
import { setStrayLogAside } from "./stray-log.ts";
import { storedRows, type AroundCommit, type NewRow, type StoredRows } from "./stored-rows.ts";

/** A job of a batch system, for the lock. */
export type BatchJob = {
  /** Names this start of the job, among all jobs of all systems that may see the file, e.g. `"Slurm job 4711 of cluster gamma"`. */
  readonly name: string;
  /** Whether the job of another such name has ended, with all its processes. */
  readonly hasEnded: (name: string) => Promise<boolean>;
};

/** Options of `openResults`. */
export type ResultsOptions = {
  /** The database file; it and its directory are made where they are missing. */
  readonly path: string;
  /** Written with each new row, as in Hyperion. Look-ups ignore it: all programs of a file share its results. */
  readonly programId: string;
  /** With true it is opened for reading only: see `SnapshotOptions`. */
  readonly readOnly?: false;
  /** The batch job that this process runs in: lets a lock be taken over that a job left which has ended on another host. */
  readonly batchJob?: BatchJob;
  /** Called with the map's name each time a call of `memoizeWithMap` is answered from the database. */
  readonly onHit?: (map: string) => void;
  /**
   * Called once if the file, or its log, is removed, renamed, replaced or cut: with the error `file-lost`, which all uses of
   * the database throw from then on. Whoever runs a program ends it.
   */
  readonly onLost?: (error: ResultsError) => void;
  /**
   * For tests of faults: runs each COMMIT, given as a function. It can delay it, fail before or after
   * it, or end the process between the COMMIT and the acknowledgement. Default: just runs it.
   */
  readonly aroundCommit?: AroundCommit;
};

/**
 * What a database has done since it was opened. `hits` are look-ups that found a row; `shared` are calls
 * that waited for an equal one; `inserts` are rows whose COMMIT has returned, in `commits` transactions.
 */
export type ResultsCounters = {
  readonly lookups: number;
  readonly hits: number;
  readonly shared: number;
  readonly inserts: number;
  readonly commits: number;
};

/**
 * An open results database. Disposing of it commits what is pending, closes the file and gives up its lock; it throws
 * `file-lost` where the file was lost and nobody has heard of it.
 */
export type ResultsDatabase = ResultsStore &
  AsyncDisposable & {
    /** The file, as a path without links. */
    readonly path: string;
    readonly programId: string;
    /** What was found at opening that a person should know: results of another file, which are put aside, and where. */
    readonly notice: string | undefined;
    /** The counts up to now. */
    readonly counters: ResultsCounters;
    /**
     * Commits all pending rows now, whose own promises tell how that went, and looks at the file.
     *
     * @throws ResultsError `file-lost` where the file was lost, now or before
     */
    readonly flush: () => void;
    /** Durability settings, read back from the live connection. */
    readonly settings: () => ConnectionSettings;
  };

/** What `openResults` does. */
export const openDatabase = async (options: ResultsOptions): Promise<ResultsDatabase> => {
  using opened = new DisposableStack();
  const path = findDatabase(options.path);
  opened.use(lockDatabase(path, `program ${options.programId}`, await lockJobs(path, options.batchJob)));
  refuseStrangersFiles(path);
  const strayLog = handleStrayLog(path);
  const connection = opened.use(openConnection(path, options.programId));
  const rows = storedRows(connection, options.programId, options.aroundCommit ?? ((commit) => commit()));
  return new SqliteResults(options, connection, rows, opened.move(), strayLog);
};

/** A batch system knows of jobs that have ended wherever they ran, where a look for the process is of no use. */
const lockJobs = async (path: string, batchJob: BatchJob | undefined): Promise<LockJobs> => {
  const job = batchJob === undefined ? undefined : jobOfLock(path);
  const hasEnded = job !== undefined && job !== batchJob?.name && (await batchJob?.hasEnded(job));
  return { own: batchJob?.name, ended: hasEnded === true ? job : undefined };
};

const handleStrayLog = (path: string): string | undefined => {
  try {
    return setStrayLogAside(path);
  } catch (error) {
    throw databaseFailure(error, path, "Opening");
  }
};

const lockDatabase = (path: string, what: string, jobs: LockJobs): Disposable => {
  try {
    return takeLock(path, what, jobs);
  } catch (error) {
    throw databaseFailure(error, path, "Locking");
  }
};

class SqliteResults implements ResultsDatabase {
  readonly path: string;
  readonly programId: string;
  readonly notice: string | undefined;
  readonly #onHit: ((map: string) => void) | undefined;
  readonly #files: KeptFiles;
  readonly #connection: Connection;
  readonly #rows: StoredRows;
  readonly #resources: Disposable;
  readonly #commits: GroupCommit<NewRow>;
  readonly #flights = new SingleFlight<string>();
  readonly #counts = { lookups: 0, hits: 0, shared: 0, inserts: 0, commits: 0 };
  #closed = false;

  constructor({ programId, onHit, onLost }: ResultsOptions, connection: Connection, rows: StoredRows, resources: Disposable, notice: string | undefined) {
    this.path = connection.path;
    this.programId = programId;
    this.notice = notice;
    this.#onHit = onHit;
    this.#files = keptFiles(connection, programId, onLost);
    this.#connection = connection;
    this.#rows = rows;
    this.#resources = resources;
    this.#commits = new GroupCommit((group) => this.#write(group));
  }

  get counters(): ResultsCounters {
    return { ...this.#counts };
  }

  lookup(map: string, key: string): string | undefined {
    this.#assertOpen();
    const value = this.#rows.newest(map, key);
    this.#counts.lookups += 1;
    if (value !== undefined) this.#counts.hits += 1;
    return value;
  }

  lookupAll(map: string): readonly StoredRow[] {
    this.#assertOpen();
    return this.#rows.newestOfEach(map);
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

  claim(map: string, key: string, signal?: AbortSignal): Claimed | Promise<Claimed> {
    signal?.throwIfAborted();
    // The key's text has no line break of its own, so this id is unique.
    const id = `${key}\n${map}`;
    if (this.#flights.isClaimed(id)) return this.#shareFlight(id, map, key, signal);
    const value = this.lookup(map, key);
    if (value === undefined) {
      this.#flights.claim(id);
      return this.#ownFlight(id, map, key);
    }
    this.#onHit?.(map);
    return { kind: "remembered", value };
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
      if (!heard) this.#files.check();
    } finally {
      this.#resources[Symbol.dispose]();
    }
  }

  #ownFlight(id: string, map: string, key: string): Claimed {
    const store = (value: string): Promise<void> => this.insert(map, key, value);
    return { kind: "mine", claim: openClaim(this.#flights, { id, map, key, store }) };
  }

  async #shareFlight(id: string, map: string, key: string, signal: AbortSignal | undefined): Promise<Claimed> {
    const end = await this.#flights.wait(id, signal);
    if (end.kind === "mine") return this.#ownFlight(id, map, key);
    this.#counts.shared += 1;
    return { kind: "shared", value: end.value };
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
