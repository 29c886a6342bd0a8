/** Opening a results database as its one writer: the lock, a look at who has been in its folder, SQLite. */
import { Behind } from "./behind.ts";
import { openConnection } from "./connection.ts";
import { findDatabase, isSameDatabase, refuseStrangersFiles } from "./database-files.ts";
import { jobOfLock, takeLock, type LockJobs } from "./database-lock.ts";
import { readingEnded } from "./raw-reading.ts";
import { SqliteResults } from "./results-database.ts";
import type { BatchJob, ResultsDatabase, ResultsOptions } from "./results-options.ts";
import { RowOrigins } from "./row-origins.ts";
import { databaseFailure } from "./sqlite-failure.ts";
import { storedRows } from "./stored-rows.ts";
import { setStrayLogAside } from "./stray-log.ts";
import { takenRows } from "./taken-rows.ts";

/** What `openResults` does. */
export const openDatabase = async (options: ResultsOptions): Promise<ResultsDatabase> => {
  using opened = new DisposableStack();
  const path = findDatabase(options.path);
  const jobs = await lockJobs(path, options.batchJob);
  await readingEnded(path);
  // From here to the open connection nothing else runs, so that nobody begins to read it.
  opened.use(lockDatabase(path, `program ${options.programId}`, jobs));
  refuseStrangersFiles(path);
  const strayLog = handleStrayLog(path);
  const connection = opened.use(openConnection(path, options.programId));
  const origins = new RowOrigins(connection, options.programId, options.codeOfToday);
  const aroundCommit = options.aroundCommit ?? ((commit: () => void) => commit());
  const rows = storedRows(connection, options.programId, origins, aroundCommit);
  const taken = takenRows(connection, options.programId, origins, aroundCommit);
  const behind = behindOf(options, path);
  return new SqliteResults(options, { connection, rows, origins, taken, behind }, opened.move(), strayLog);
};

const behindOf = ({ behind, codeOfToday, onBehindFailed }: ResultsOptions, path: string): Behind | undefined => {
  if (behind === undefined) return undefined;
  if (isSameDatabase(behind, path))
    throw new TypeError(`openResults: behind must be another database than path, ${path}`);
  return new Behind(behind, codeOfToday, onBehindFailed);
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
