/**
 * From SQLite's result codes (https://www.sqlite.org/rescode.html) and the file system's error codes
 * to words that a person can act on.
 */
import { tmpdir } from "node:os";
import { DirectoryError } from "@hyperion-ts/bounds";
import { isOutOfRoom, saysNoRoom } from "./disk-room.ts";
import { hasNoLocks } from "./file-locks.ts";
import { messageOf } from "./message-of.ts";
import { ResultsError, type ResultsErrorCode } from "./results-error.ts";

/** `error`, met while doing `what` with the database at `path`, as a ResultsError; one that is one already stays as it is. */
export function databaseFailure(error: unknown, path: string, what: string): ResultsError {
  if (error instanceof ResultsError) return error;
  const { code, reason } = failure(error, path);
  return new ResultsError({
    code,
    path,
    what: `${what} the results database ${path} failed: ${reason}`,
    advice: advice(code, path),
    cause: error,
  });
}

/** `error`, met while reading the database at `path` or its copy, as a ResultsError. Nothing is written beside the file to find out more. */
export function readFailure(error: unknown, path: string): ResultsError {
  if (error instanceof ResultsError) return error;
  const { code, advice } = whyUnread(error, path);
  return new ResultsError({
    code,
    path,
    what: `Reading the results database ${path} failed: ${messageOf(error)}`,
    advice,
    cause: error,
  });
}

function whyUnread(error: unknown, path: string): { readonly code: FailureCode; readonly advice: string } {
  const fileCode = Error.isError(error) && "code" in error ? error.code : undefined;
  if (fileCode === "ENOENT")
    return { code: "unreachable", advice: "Check the path; the file is made when a program stores its first result" };
  if (fileCode === "EACCES" || fileCode === "EPERM")
    return { code: "unreachable", advice: "This user may not read it: ls -l tells whose it is, and its mode" };
  const code = saysNoRoom(error) ? "disk-full" : failureCode(error);
  if (code === "disk-full")
    return {
      code,
      advice: `It is read from a copy, for which there is no room in ${tmpdir()}: set TMPDIR to a folder with more`,
    };
  return { code, advice: advice(code, path) };
}

type FailureCode = Extract<
  ResultsErrorCode,
  "locked" | "no-locks" | "read-only" | "disk-full" | "damaged" | "unreachable" | "not-ours" | "too-large" | "sqlite"
>;

/** SQLite's words mislead where it does not know the reason itself. */
function failure(error: unknown, path: string): { readonly code: FailureCode; readonly reason: string } {
  const words = messageOf(error);
  if (hasNoLocks(error, path))
    return {
      code: "no-locks",
      reason: `the file system there does not lock files, not even a new one (SQLite: ${words})`,
    };
  const cause = error instanceof DirectoryError ? (error.cause ?? error) : error;
  if (isOutOfRoom(cause, path))
    return { code: "disk-full", reason: `the disk is full, or a quota is used up (${words})` };
  return { code: failureCode(cause), reason: words };
}

function failureCode(error: unknown): FailureCode {
  if (!Error.isError(error)) return "sqlite";
  if ("errcode" in error && typeof error.errcode === "number") return sqliteCode(error.errcode);
  return "code" in error ? fileSystemCode(error.code) : "sqlite";
}

const PRIMARY_RESULT_CODE = 0xff;

function sqliteCode(extendedCode: number): FailureCode {
  switch (extendedCode & PRIMARY_RESULT_CODE) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return "locked";
    case 8: // SQLITE_READONLY
      return "read-only";
    case 13: // SQLITE_FULL
      return "disk-full";
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return "damaged";
    case 14: // SQLITE_CANTOPEN
      return "unreachable";
    case 18: // SQLITE_TOOBIG
      return "too-large";
    default:
      return "sqlite";
  }
}

function fileSystemCode(code: unknown): FailureCode {
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "read-only";
    case "not-ours":
      return "not-ours";
    default:
      return "unreachable";
  }
}

function advice(code: FailureCode, path: string): string {
  switch (code) {
    case "locked":
      return "Another program (such as sqlite3, or Hyperion itself) has the file open: close it and try again";
    case "no-locks":
      return "SQLite needs locks. Put the database on another file system (a home directory often is on one), or have this one mounted with locks: Lustre with the option flock, NFS with its lock service";
    case "read-only":
      return "Give the program a directory that it may write to; SQLite makes files beside the database, so the directory counts too";
    case "disk-full":
      return "Nothing of this write was kept. Make room (df, quota), then run the program again: what was stored before is kept";
    case "damaged":
      return `Keep a copy of the file, then save what can be read with: sqlite3 ${path} .recover | sqlite3 recovered.sqlite`;
    case "unreachable":
      return "Check that the directory exists, that the path names a file, and that this user may open it";
    case "not-ours":
      return "Nothing was changed";
    case "too-large":
      return "A row of SQLite has 10^9 bytes at most. Keep what is larger in files, and the file names here";
    case "sqlite":
      return "If the cause is the disk (quota, I/O error), mend it and run the program again: what was stored before is kept";
    default:
      return code satisfies never;
  }
}
