/**
 * Whether there is room for more. SQLite knows a full disk (ENOSPC), and calls a quota that is used up (EDQUOT), or a
 * limit on the size of files (EFBIG), a disk I/O error: the file system says it of another file there. Node has no name
 * for EDQUOT, and calls it UNKNOWN.
 */
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";

/** Whether `error`, which SQLite or the file system gave for the database at `path`, comes from a quota or limit. */
export function isOutOfRoom(error: unknown, path: string): boolean {
  if (!Error.isError(error)) return false;
  return "errcode" in error ? WRITE_CODES.has(error.errcode) && !hasRoomBeside(path) : saysNoRoom(error);
}

const WRITE_CODES: ReadonlySet<unknown> = new Set([
  778, // SQLITE_IOERR_WRITE
  1034, // SQLITE_IOERR_FSYNC, where NFS says so late
]);

const PROBE_BYTES = 256 * 1024;

function hasRoomBeside(path: string): boolean {
  const probe = `${path}.${randomBytes(6).toString("hex")}.probe`;
  try {
    writeFileSync(probe, Buffer.alloc(PROBE_BYTES, 1), { flag: "wx", flush: true });
    return true;
  } catch (error) {
    return !saysNoRoom(error);
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Whether the file system gave `error` because there is no more room. */
export const saysNoRoom = (error: unknown): boolean =>
  Error.isError(error) && "errno" in error && typeof error.errno === "number" && NO_ROOM.has(-error.errno);

const { EDQUOT, EFBIG, ENOSPC } = constants.errno;
const NO_ROOM: ReadonlySet<number> = new Set([EDQUOT, EFBIG, ENOSPC]);
