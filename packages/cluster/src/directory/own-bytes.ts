/** Files of a job directory: written whole or not at all, and believed only where nobody but this user can have written them. */
import { randomUUID } from "node:crypto";
import { closeSync, constants, fstatSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { openRegularFile, ownUserId } from "@hyperion-ts/own-files";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** Puts `content` in place of the file at `path`, for this user alone: after a crash it is the old file or the new one. */
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

/**
 * What is in a file of this user's that nobody else may write to; undefined where there is none.
 *
 * @throws NotOursError for the file of another user, one that others may write to, or no plain file; the file system's error
 */
export function readOwnBytes(path: string): Buffer | undefined {
  const fd = openIfThere(path);
  if (fd === undefined) return undefined;
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * When the file at `path` was last written, in milliseconds on its server's clock; undefined where there is none. It is
 * opened for the look, because a network file system's memory of names may be a minute old.
 */
export function writtenAtMs(path: string): number | undefined {
  const fd = openIfThere(path);
  if (fd === undefined) return undefined;
  try {
    return fstatSync(fd).mtimeMs;
  } finally {
    closeSync(fd);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openRegularFile(path, constants.O_RDONLY, ({ uid, mode }) => {
      if (uid !== ownUserId()) return `belongs to user ${uid}`;
      return (mode & 0o022) === 0 ? undefined : "may be written to by others";
    });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** On NFS a file that was replaced may be "stale" for whoever had looked before. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESTALE");

/** So that a name survives a crash, too. */
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
