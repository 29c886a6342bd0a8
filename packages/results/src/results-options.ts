/** What a results database is opened with, and what it is then. */
import type { Arbiter, ClaimSession, ClaimSessionOptions } from "./arbiter.ts";
import type { ConnectionSettings } from "./connection.ts";
import type { JsonValue } from "./json-value.ts";
import type { ResultsError } from "./results-error.ts";
import type { ResultsStore } from "./results-store.ts";
import type { RowExchange } from "./row-batch.ts";
import type { CodeOfToday, OtherCode } from "./row-origins.ts";
import type { AroundCommit } from "./group-commit.ts";
import type { StoreWait } from "./store-wait.ts";
import type { MapSummary } from "./stored-rows.ts";

/** A job of a batch system, for the lock. */
export interface BatchJob {
  /** Names this start of the job, among all jobs of all systems that may see the file, e.g. `"Slurm job 4711 of cluster gamma"`. */
  readonly name: string;
  /** Whether the job of another such name has ended, with all its processes. */
  readonly hasEnded: (name: string) => Promise<boolean>;
}

/** Options of `openResults`. */
export interface ResultsOptions {
  /** The database file; it and its directory are made where they are missing. */
  readonly path: string;
  /** Written with each new row, as in Hyperion. Look-ups ignore it: all programs of a file share its results. */
  readonly programId: string;
  /** With true it is opened for reading only: see `SnapshotOptions`. */
  readonly readOnly?: false;
  /** The batch job that this process runs in: lets a lock be taken over that a job left which has ended on another host. */
  readonly batchJob?: BatchJob;
  /**
   * The path of another results database, which is asked for what this one has not, e.g. that of the program whose job this is.
   * It is read, as with `readOnly`, when a look-up first misses, and when one misses later and it has changed: at most every
   * 10 s, and more seldom where it is large. It may be missing, and stays as it is: `insert` and `forget` go to this one alone,
   * and what is forgotten here does not come back from there as long as this one is open. Its writer is another process.
   */
  readonly behind?: string;
  /** Called once if the database behind can't be read (damaged, not to be opened, written too fast): what it has counts as missing then. */
  readonly onBehindFailed?: (error: ResultsError) => void;
  /**
   * Is asked for what neither this database nor the one behind it has, as long as it is reachable: so that calls of several
   * databases that are equal and run at the same time run once. `remoteArbiter` of @hyperion-ts/results/remote-arbiter makes one. Default: none.
   */
  readonly arbiter?: Arbiter;
  /** Called with the map's name each time a call of `memoizeWithMap` is answered from the database. */
  readonly onHit?: (map: string) => void;
  /** Called with the map's name and the number of keys each time `forget` has removed any, after the COMMIT. */
  readonly onForgotten?: (map: string, keys: number) => void;
  /**
   * The hash of the code that a remote function has in this program, to tell which rows other code has computed. It is asked
   * often, and has to answer from memory. Default: none, and no row is told from another by its code.
   */
  readonly codeOfToday?: CodeOfToday;
  /** Called once for each map of which a look-up finds a value that other code has computed. */
  readonly onOtherCode?: (found: OtherCode) => void;
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
}

/** What a database has done since it was opened. */
export interface ResultsCounters {
  /** Look-ups of a key. */
  readonly lookups: number;
  /** Look-ups that found a row. */
  readonly hits: number;
  /** Calls that waited for an equal one in this database. */
  readonly shared: number;
  /** Rows whose COMMIT has returned. */
  readonly inserts: number;
  /** Transactions in which rows were written. */
  readonly commits: number;
}

/** What `takeIn` has done. */
export interface TakenIn {
  /** Whether there is a file at all. Without one, nothing is taken. */
  readonly isThere: boolean;
  /** How many rows came in, over all maps. */
  readonly rows: number;
  /** How many rows came in of each map, by its name; maps of which none came are left out. */
  readonly maps: ReadonlyMap<string, number>;
}

/**
 * An open results database. Disposing of it commits what is pending, closes the file and gives up its lock; it throws
 * `file-lost` where the file was lost and nobody has heard of it.
 */
export type ResultsDatabase = ResultsStore &
  AsyncDisposable & {
    /** The file, as a path without links. */
    readonly path: string;
    /** The program that writes, as `openResults` was told. */
    readonly programId: string;
    /** What was found at opening that a person should know: results of another file, which are put aside, and where. */
    readonly notice: string | undefined;
    /** The maps that have results, by name; of a job's database, without what is behind it. */
    readonly maps: () => readonly MapSummary[];
    /** What is waited for: values that other calls compute, and COMMITs. Looked at only while somebody asks. */
    readonly waits: () => Iterable<StoreWait>;
    /** The counts up to now. */
    readonly counters: ResultsCounters;
    /**
     * Commits all pending rows now, whose own promises tell how that went, and looks at the file.
     *
     * @throws ResultsError `file-lost` when the file was lost, now or before
     */
    readonly flush: () => void;
    /**
     * Takes in the rows of another results database, the file `source`, also while its program writes it: each once, in the
     * order of writing, with its program, its time, and what is known of its code. What came in by an earlier call, or before a
     * crash, does not come again; `id` is the name of the source for that, wherever its file lies. Resolves after the COMMIT of the last of them.
     *
     * A row that comes in is the newest of its key. One that is removed from the source later (`forget`) stays here. A claim that is running goes on.
     * The file is copied for it, unless it is as it was at the last time.
     *
     * @throws ResultsError as `openResults` with `readOnly` does where `source` can't be read (what came before that stays), and
     *   `not-ours` where it is another user's; what the database itself says (`disk-full`, `file-lost`, ...)
     */
    readonly takeIn: (source: string, options: { readonly id: string }) => Promise<TakenIn>;
    /** Gives rows to another database, and takes rows of others, while both are open and connected. */
    readonly exchange: RowExchange;
    /**
     * Is the arbiter of one more database, that of a job: calls there, in other jobs and here which are equal and run at the
     * same time run once.
     */
    readonly openClaimSession: (options: ClaimSessionOptions) => ClaimSession;
    /** Durability settings, read back from the live connection. */
    readonly settings: () => ConnectionSettings;
    /** Keeps what is known of this program beside its id, as JSON, with its next rows: where it runs, of which version it is. The last call counts. */
    readonly describeProgram: (about: Readonly<Record<string, JsonValue>>) => void;
  };
