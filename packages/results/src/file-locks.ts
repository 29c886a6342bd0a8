/**
 * Whether a file system locks files, which SQLite needs even for the only program that opens a file. Lustre without the
 * mount option flock answers ENOSYS or EOPNOTSUPP, which SQLite calls a disk I/O error; NFS without a lock service
 * answers ENOLCK, which SQLite takes for another program's lock. A file that nobody else knows of tells them apart.
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";

/** Whether `error`, which SQLite gave for the database at `path`, comes from a file system without file locks. */
export const hasNoLocks = (error: unknown, path: string): boolean => isAboutLocks(error) && !canLockNewFile(path);

function canLockNewFile(path: string): boolean {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const probe = `${path}.${randomBytes(6).toString("hex")}.probe`;
  try {
    const database = new DatabaseSync(probe);
    try {
      database.exec("begin exclusive; rollback");
    } finally {
      database.close();
    }
    return true;
  } catch (error) {
    return !isAboutLocks(error);
  } finally {
    rmSync(probe, { force: true });
  }
}

const isAboutLocks = (error: unknown): boolean =>
  Error.isError(error) && "errcode" in error && LOCK_CODES.has(error.errcode);

const LOCK_CODES: ReadonlySet<unknown> = new Set([
  5, // SQLITE_BUSY
  2058, // SQLITE_IOERR_UNLOCK
  2314, // SQLITE_IOERR_RDLOCK
  3594, // SQLITE_IOERR_CHECKRESERVEDLOCK
  3850, // SQLITE_IOERR_LOCK
]);
