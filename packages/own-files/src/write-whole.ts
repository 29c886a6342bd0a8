/** Writing a file whole or not at all, in a folder that is this user's alone. */
import { randomUUID } from "node:crypto";
import { closeSync, constants, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Puts `content` in place of the file at `path`, for this user alone (mode 0600): after a crash it is the old file or the new one.
 *
 * @throws the file system's error
 */
export function writeWhole(path: string, content: Uint8Array | string): void {
  const unfinished = `${path}.${randomUUID()}.new`;
  const fd = openSync(unfinished, NEW_FILE, 0o600);
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}

/** So that the name survives a crash, too. */
function syncFolder(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } catch {
    // EINVAL: a file system whose folders can't be synced keeps names by itself.
  } finally {
    closeSync(fd);
  }
}
