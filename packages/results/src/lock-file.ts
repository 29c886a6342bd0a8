/**
 * The lock beside the database, `results.sqlite.lock`: one writer, named by host and process.
 * SQLite's own locks are not enough, because on a network file system another host may not see them,
 * and because they can't say who holds them.
 *
 * It is made atomically and whole: written under a name of its own, then linked to the lock's name
 * (link(2) fails where that exists, on NFS too). A lock whose process is dead is replaced by whoever
 * first takes a lock named after it (`results.sqlite.lock.TOKEN`, by the same rules), so that of two
 * contenders one wins: the other finds that lock, or finds that the token has changed.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { readRegularFile } from "@hyperion-ts/own-files";
import { ownIdentity, processState, type ProcessIdentity } from "@hyperion-ts/processes/process-identity";
import { ResultsError } from "./results-error.ts";

/** What a lock file says, as JSON: which process has the lock. */
export type LockHolder = ProcessIdentity & {
  /** When it took the lock: an ISO time. */
  readonly since: string;
  /** What the process is, for people. */
  readonly what: string;
  /** Tells this lock from all others: 12 hexadecimal digits. */
  readonly token: string;
  /** The batch job that it runs in. */
  readonly job?: string;
};

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
  const self = {
    ...ownIdentity(),
    since: new Date().toISOString(),
    what,
    token: randomBytes(6).toString("hex"),
    ...(own === undefined ? {} : { job: own }),
  };
  return lockAt({ lockPath: lockOf(databasePath), databasePath, self, endedJob: ended });
}

/** The batch job whose process has the lock, where the lock names one. */
export const jobOfLock = (databasePath: string): string | undefined => readHolder(lockOf(databasePath))?.job;

/** A lock has some hundred bytes. */
const MOST_BYTES = 65_536;

const lockOf = (databasePath: string): string => `${databasePath}.lock`;

/** Which lock is taken, of which database, by whom. */
interface LockAttempt {
  readonly lockPath: string;
  readonly databasePath: string;
  readonly self: LockHolder;
  /** A batch job whose lock may be replaced, because the job has ended. */
  readonly endedJob: string | undefined;
}

function lockAt(attempt: LockAttempt): Disposable {
  const { lockPath, self } = attempt;
  const draft = `${lockPath}.${self.token}.draft`;
  try {
    writeDurably(draft, JSON.stringify(self));
    if (!tryLink(draft, lockPath)) replaceDead(attempt, draft);
  } finally {
    rmSync(draft, { force: true });
  }
  return { [Symbol.dispose]: () => release(lockPath, self) };
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "wx", 0o644);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function tryLink(draft: string, lockPath: string): boolean {
  try {
    linkOrCopy(draft, lockPath);
    return true;
  } catch (error) {
    if (hasCode(error, ["EEXIST"])) return false;
    throw error;
  }
}

// Some file systems (sshfs, FAT) have no links; there the file is as exclusive, but for a moment it is empty.
function linkOrCopy(draft: string, lockPath: string): void {
  try {
    linkSync(draft, lockPath);
  } catch (error) {
    if (!hasCode(error, ["EPERM", "ENOTSUP", "ENOSYS"])) throw error;
    copyFileSync(draft, lockPath, constants.COPYFILE_EXCL);
  }
}

function replaceDead(attempt: LockAttempt, draft: string): void {
  const { lockPath, databasePath, endedJob } = attempt;
  const holder = readHolder(lockPath);
  if (holder) {
    if (holder.job === undefined || holder.job !== endedJob) refuseUnlessDead(holder, lockPath, databasePath);
    // Only who holds the lock named after this token may replace the lock that bears it.
    using _rightToReplace = lockAt({ ...attempt, lockPath: `${lockPath}.${holder.token}` });
    if (readHolder(lockPath)?.token === holder.token) return renameSync(draft, lockPath);
  }
  // It changed hands, or was given up, while we looked: who links first has it.
  if (!tryLink(draft, lockPath)) throw refusal(lockPath, databasePath);
}

function refusal(lockPath: string, databasePath: string): ResultsError {
  const holder = readHolder(lockPath);
  return holder ? heldBy(holder, databasePath) : unreadableLock(lockPath, databasePath);
}

function release(lockPath: string, self: LockHolder): void {
  if (readHolder(lockPath)?.token === self.token) rmSync(lockPath, { force: true });
}

function readHolder(lockPath: string): LockHolder | undefined {
  try {
    const parsed: unknown = JSON.parse(readRegularFile(lockPath, MOST_BYTES));
    return isHolder(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== "object" || value === null || !("pid" in value) || !Number.isInteger(value.pid)) return false;
  const fields = new Map(Object.entries(value));
  const texts = ["host", "startTime", "bootId", "pidNamespace", "since", "what", "token"].map((field) =>
    fields.get(field),
  );
  return texts.every(isPlainText) && isPlainText(fields.get("job") ?? "") && TOKEN.test(String(fields.get("token")));
}

/** It becomes a part of a file's name. */
const TOKEN = /^[0-9a-f]{12}$/;

/** Anybody may have written a lock, and its texts are shown on a terminal, which obeys control characters. */
const isPlainText = (value: unknown): boolean => typeof value === "string" && !/\p{Cc}/u.test(value);

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);

function refuseUnlessDead(holder: LockHolder, lockPath: string, databasePath: string): void {
  const state = processState(holder);
  switch (state) {
    case "dead":
      return;
    case "living":
      throw heldBy(holder, databasePath);
    case "elsewhere":
      throw unknowable(holder, lockPath, databasePath);
    default:
      state satisfies never;
  }
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

function whyUnreadable(lockPath: string): string {
  try {
    readRegularFile(lockPath, MOST_BYTES);
    return "";
  } catch (error) {
    return ` (${error instanceof Error ? error.message : String(error)})`;
  }
}

const describe = ({ host, pid, what, job }: LockHolder): string =>
  `process ${pid} on host ${host} (${what}${job === undefined ? "" : `, ${job}`})`;
