/** Files that a process appends to: logs, above all. */
import { constants, type Stats } from "node:fs";
import { ownUserId } from "./not-ours-error.ts";
import { openRegularFile } from "./open-regular-file.ts";

const APPEND = constants.O_RDWR | constants.O_APPEND;

/**
 * Opens a file of this user's to read and to append to, and makes it, for this user alone, where it is missing. Returns the descriptor.
 *
 * A link at its name is never followed, and a file of another user, or one that has a second name, is never written to:
 * another user could have put it there so that a file somewhere else is written to.
 *
 * @throws NotOursError, or the file system's error
 */
export const openOwnFile = (path: string): number => openRegularFile(path, APPEND | constants.O_CREAT, whyNotOurs);

/**
 * The same of a file that is there already; undefined where there is none.
 *
 * @throws NotOursError, or the file system's error
 */
export function openOwnFileIfThere(path: string): number | undefined {
  try {
    return openRegularFile(path, APPEND, whyNotOurs);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function whyNotOurs({ uid, nlink }: Stats): string | undefined {
  if (uid !== ownUserId()) return `belongs to user ${uid}`;
  return nlink > 1 ? `is one of ${nlink} names of a file` : undefined;
}
