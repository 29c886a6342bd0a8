/** The directory of a run's log files: the first thing that a run needs of a disk, so the first to tell of a wrong one. */
import { makeDirectory } from "@hyperion-ts/bounds";
import { LogDirectoryError } from "../log-directory-error.ts";

/**
 * Makes the directory, for its owner's eyes only.
 *
 * @throws LogDirectoryError when it can't be made.
 */
export function makeLogDirectory(path: string): void {
  try {
    makeDirectory(path, { mode: 0o700 });
  } catch (error) {
    throw new LogDirectoryError(path, error);
  }
}
