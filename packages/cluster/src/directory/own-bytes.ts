/** Files of a job directory: believed only where nobody but this user can have written them. */
import { closeSync, constants, fstatSync, readFileSync } from "node:fs";
import { openRegularFile, ownUserId } from "@hyperion-ts/own-files";

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
