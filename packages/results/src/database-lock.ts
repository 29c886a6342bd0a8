/**
 * The lock beside the database, `results.sqlite.lock`: one writer, named by host and process.
 * SQLite's own locks are not enough, because on a network file system another host may not see them,
 * and because they can't say who holds them.
 */
import { processState } from "@hyperion-ts/processes/process-identity";
import {
  type LockHolder,
  type LockInTheWay,
  lockOf,
  newHolder,
  readHolder,
  tryLock,
  whyUnreadable,
} from "./lock-file.ts";
import { ResultsError } from "./results-error.ts";

/** Batch jobs, where there are any. */
export interface LockJobs {
  /** This process's own. */
  readonly own?: string | undefined;
  /** One that has certainly ended. */
  readonly ended?: string | undefined;
}

/**
 * Takes the lock of the database at `databasePath`; disposing of it gives it up.
 * A lock that a dead process of this host left is taken over, and one that was left by a batch job that has ended.
 *
 * @throws ResultsError `locked` when another process has the lock, or may have it
 * @throws Error of Node's, such as EACCES and ENOSPC, when the file can't be written
 */
export function takeLock(databasePath: string, what: string, { own, ended }: LockJobs = {}): Disposable {
  const self = newHolder({ what, ...(own === undefined ? {} : { job: own }) });
  const isGone = (holder: LockHolder): boolean =>
    (holder.job !== undefined && holder.job === ended) || processState(holder) === "dead";
  const lock = tryLock(lockOf(databasePath), self, isGone);
  if (lock.kind === "in-the-way") throw refusal(lock, databasePath);
  return lock;
}

/** The batch job whose process has the lock, where the lock names one. */
export const jobOfLock = (databasePath: string): string | undefined => readHolder(lockOf(databasePath))?.job;

function refusal({ path, holder }: LockInTheWay, databasePath: string): ResultsError {
  if (holder === undefined) return unreadableLock(path, databasePath);
  return processState(holder) === "elsewhere" ? unknowable(holder, path, databasePath) : heldBy(holder, databasePath);
}

function heldBy(holder: LockHolder, path: string): ResultsError {
  const own = holder.pid === process.pid && processState(holder) === "living";
  const advice = own
    ? "Await the run that has it before the next one begins, or make one job of both (concurrently); or give them two directories. With openResults: open it once, and pass the same results to all who need them"
    : "Wait until that process has ended, or stop it; or give this program another directory. To read the results meanwhile: openResults({ path, readOnly: true })";
  return new ResultsError({
    code: "locked",
    path,
    what: `The results database ${path} is held by ${own ? "this very process" : describe(holder)}, since ${holder.since}`,
    advice,
  });
}

const unknowable = (holder: LockHolder, lockPath: string, path: string): ResultsError =>
  new ResultsError({
    code: "locked",
    path,
    what: `The results database ${path} is held by ${describe(holder)}, since ${holder.since}; whether that still runs can't be checked from here`,
    advice: `Look on ${holder.host} (ps -p ${holder.pid})${holder.job === undefined ? "" : `, or end ${holder.job}`}; only if it has ended, remove ${lockPath} and start again`,
  });

const unreadableLock = (lockPath: string, path: string): ResultsError =>
  new ResultsError({
    code: "locked",
    path,
    what: `The results database ${path} has a lock that can't be read: ${lockPath}${whyUnreadable(lockPath)}`,
    advice: `If no other program uses that database, remove ${lockPath} and start again`,
  });

const describe = ({ host, pid, what, job }: LockHolder): string =>
  `process ${pid} on host ${host} (${what}${job === undefined ? "" : `, ${job}`})`;
