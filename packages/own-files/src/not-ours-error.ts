/** What a person is told of a file or folder that may be another user's doing. */
import type { Stats } from "node:fs";

/** A file or folder was not used, because another user made it, or can change what it is. The message says which, whose it is, and what to do. */
export class NotOursError extends Error {
  override readonly name = "NotOursError";
  /** The code of this class. */
  readonly code = "not-ours";
  /** The file or folder. */
  readonly path: string;

  /** `why` is said of the path, such as "belongs to user 1001". */
  constructor(path: string, why: string) {
    super(`${path} ${why}. Remove it if you did not make it, or use a folder that nobody else may write to`);
    this.path = path;
  }
}

/** The id of the user that files are made as. */
export const ownUserId = (): number => process.geteuid?.() ?? 0;

/** Whose a file is, and what kind of file: "is a symbolic link of user 1001". */
export const describeFile = (stats: Stats): string =>
  `is ${kindOf(stats)} of ${stats.uid === ownUserId() ? "yours" : `user ${stats.uid}`}`;

function kindOf(stats: Stats): string {
  if (stats.isFile()) return "a file";
  if (stats.isDirectory()) return "a folder";
  if (stats.isSymbolicLink()) return "a symbolic link";
  if (stats.isFIFO()) return "a FIFO";
  return stats.isSocket() ? "a socket" : "a device";
}
