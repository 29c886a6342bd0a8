/**
 * A folder for what is run, or believed, unread. To look at the folder alone is not enough: who may write to one above it can
 * put another in its place, at any time. So each folder on the way is looked at, from the top down: what lies in one that is
 * trusted can't change behind the look.
 */
import { lstatSync, mkdirSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { describeFile, NotOursError, ownUserId } from "./not-ours-error.ts";

/**
 * Makes the folder at `path`, and those above it, where they are missing (for this user alone: mode 0700), and returns its
 * path without links. In that folder nobody but this user and root has put anything, or will:
 *
 * - it belongs to this user, and nobody else may enter it. One that others may enter is refused even if they may not write to it,
 *   as it was not made here and nobody knows who could write to it before;
 * - every folder above it belongs to this user or to root, and nobody else may write to it, or it is like /tmp (sticky): there
 *   nobody can move what is another's.
 *
 * @throws NotOursError that names the folder which is not so; the file system's errors as they come
 */
export function privateFolder(path: string): string {
  const folder = withoutLinks(resolve(path));
  for (const above of foldersAbove(folder)) refuse(above, whyNotTrusted(lookAt(above)));
  refuse(folder, whyNotPrivate(lookAt(folder)));
  return folder;
}

/** The path with all links resolved; what is not there yet has none. */
function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    return join(withoutLinks(dirname(path)), basename(path));
  }
}

/** The folders above `path`, from the top down. */
function foldersAbove(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [] : [...foldersAbove(above), above];
}

function lookAt(folder: string): Stats {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (there !== undefined) return there;
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process made it, of whichever user.
    if (!hasCode(error, "EEXIST")) throw error;
  }
  return lstatSync(folder);
}

function whyNotTrusted(stats: Stats): string | undefined {
  if (!stats.isDirectory()) return describeFile(stats);
  if (stats.uid !== ownUserId() && stats.uid !== 0) return `belongs to user ${stats.uid}`;
  const sticky = (stats.mode & 0o1000) !== 0;
  return (stats.mode & 0o022) === 0 || sticky ? undefined : `may be written to by others (mode ${shown(stats)})`;
}

function whyNotPrivate(stats: Stats): string | undefined {
  if (!stats.isDirectory()) return describeFile(stats);
  if (stats.uid !== ownUserId()) return `belongs to user ${stats.uid}`;
  return (stats.mode & 0o077) === 0 ? undefined : `may be entered by others (mode ${shown(stats)})`;
}

function refuse(folder: string, why: string | undefined): void {
  if (why !== undefined) throw new NotOursError(folder, why);
}

const shown = ({ mode }: Stats): string => (mode & 0o7777).toString(8).padStart(4, "0");

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
