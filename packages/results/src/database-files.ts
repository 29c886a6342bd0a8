/**
 * The files that SQLite opens by their names: the database, and beside it `-wal` and `-journal`, out of which it completes the
 * database unasked. In a folder that others may write to they can be another user's doing. What a database says is taken
 * as data, whoever wrote it, so that a group can share one; but no link of a stranger leads SQLite into a file of this
 * user, and nobody adds to a database through a file beside it who may not write to the database itself.
 *
 * SQLite itself opens none of them through a link. Who may rename what is in the folder can still exchange the
 * database, which is no more than to write to it.
 */
import { existsSync, lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { makeDirectory } from "@hyperion-ts/bounds";
import { NotOursError, ownUserId, plainFile } from "@hyperion-ts/own-files";
import { databaseFailure, readFailure } from "./sqlite-failure.ts";

/**
 * The database's path without links; its folder is made where it is missing.
 *
 * @throws ResultsError when the path leads to no file that could be ours, or the folder can't be made
 */
export function findDatabase(given: string): string {
  const path = resolve(given);
  try {
    makeDirectory(dirname(path), { mode: 0o755 });
    refuseStrangersLink(path);
    return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw databaseFailure(error, path, "Opening");
  }
}

/**
 * The path without links of a database that is to be read, and stays as it is.
 *
 * @throws ResultsError when the path leads to no file that may be read
 */
export function findExistingDatabase(given: string): string {
  const path = resolve(given);
  try {
    refuseStrangersLink(path);
    return realpathSync(path);
  } catch (error) {
    throw readFailure(error, path);
  }
}

/** Whether `given` leads to the database at `path`, which is one without links. */
export const isSameDatabase = (given: string, path: string): boolean =>
  (existsSync(given) ? realpathSync(given) : resolve(given)) === path;

/**
 * To be called right before SQLite opens the database, by who has its lock.
 *
 * @throws ResultsError when a file of the database is none of ours
 */
export function refuseStrangersFiles(path: string): void {
  try {
    // A folder is refused by SQLite, with better words.
    const database = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? undefined : plainFile(path);
    for (const suffix of ["-wal", "-journal"]) refuseStrangersPart(`${path}${suffix}`, database);
  } catch (error) {
    throw databaseFailure(error, path, "Opening");
  }
}

/** Whoever has made a link may lead it to what is theirs: they could have put the file itself there. */
function refuseStrangersLink(path: string): void {
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (link === undefined || !link.isSymbolicLink() || isOurs(link)) return;
  if (statSync(path, { throwIfNoEntry: false })?.uid !== link.uid)
    throw new NotOursError(path, `is a symbolic link of user ${link.uid}, to a file that is not theirs`);
}

function refuseStrangersPart(path: string, database: Stats | undefined): void {
  const part = plainFile(path);
  const why = part && whyStrangersPart(part, database);
  if (why !== undefined) throw new NotOursError(path, why);
}

/** Why a file beside `database` may be a stranger's doing, in words that are said of its path; undefined where it is none. */
export function whyStrangersPart(part: Stats, database: Stats | undefined): string | undefined {
  if (part.nlink > 1) return `is one of ${part.nlink} names of a file`;
  const mayWrite =
    isOurs(part) || part.uid === database?.uid || (database !== undefined && (database.mode & 0o022) !== 0);
  return mayWrite ? undefined : `belongs to user ${part.uid}, who may not write to the database itself`;
}

const isOurs = ({ uid }: Stats): boolean => uid === ownUserId() || uid === 0;
