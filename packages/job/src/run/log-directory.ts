/** The directory of a run's log files: the first thing that a run needs of a disk, so the first to tell of a wrong one. */
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { LogDirectoryError } from "../log-directory-error.ts";

/** Makes the directory, for its owner's eyes only. Throws a `LogDirectoryError`. */
export function makeLogDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new LogDirectoryError(path, whyNotBelow(path) ?? error);
  }
}

/** Why nothing can be made in the nearest directory that exists: what mkdir says of a read-only one is that it is not there. */
function whyNotBelow(path: string): unknown {
  let nearest = path;
  while (!existsSync(nearest) && nearest !== dirname(nearest)) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}
