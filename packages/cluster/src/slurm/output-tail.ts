/** The end of a job's output: what Slurm's own daemon wrote there decides what its states leave open. */
import { closeSync, constants, fstatSync, readSync } from "node:fs";
import { openRegularFile, ownUserId } from "@hyperion-ts/own-files";

/** How much of an output is read. */
const MOST_BYTES = 65_536;

/**
 * The last 64 KB of the file at `path`, from the beginning of a line on; undefined where there is none that this user
 * owns (another user's is not believed, and no link is followed), or it can't be read.
 */
export function readOutputTail(path: string): string | undefined {
  try {
    const fd = openRegularFile(path, constants.O_RDONLY, ({ uid }) =>
      uid === ownUserId() ? undefined : `belongs to user ${uid}`,
    );
    try {
      return tailOf(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function tailOf(fd: number): string {
  const { size } = fstatSync(fd);
  const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
  const text = bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, size - bytes.length));
  // Half a line, or half a character, is none.
  return size > MOST_BYTES ? text.slice(text.indexOf("\n") + 1) : text;
}
