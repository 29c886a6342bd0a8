/**
 * Where the sockets of this user's runs are. Not beside the results: those may be on a file system of another machine, where a
 * socket can't be, or is of no use. Not first in `$XDG_RUNTIME_DIR`: that is removed when its user logs out, and programs that
 * were left running would be out of reach.
 */
import { lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotOursError, ownUserId, privateFolder } from "@hyperion-ts/own-files";

/** The folders in which a socket may be, in the order in which they are tried. None of them has to be there. */
export function socketFolders(): readonly string[] {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  const above = [tmpdir(), "/tmp", ...(runtime !== undefined && isOwnFolder(runtime) ? [runtime] : [])];
  return [...new Set(above)].map((folder) => join(folder, `hyperion-ts-${ownUserId()}`));
}

/** Whether the folder is there, and no other user has put, or can put, anything into it. */
export function isPrivate(folder: string): boolean {
  try {
    // It would be made where it is missing.
    return isOwnFolder(folder) && privateFolder(folder) !== "";
  } catch (error) {
    if (error instanceof NotOursError) return false;
    throw error;
  }
}

function isOwnFolder(path: string): boolean {
  try {
    const there = lstatSync(path);
    return there.isDirectory() && there.uid === ownUserId();
  } catch {
    // There is none, or it is where this user may not look.
    return false;
  }
}
