/**
 * Directories, made one after another from the first that is missing. Node's own recursive mkdir never returns where the
 * system says of each directory that the one above it is missing (below /proc and /sys), and hides why it fails elsewhere.
 */
import type * as FileSystem from "node:fs";
import { dirname, resolve } from "node:path";

/** A directory is not there and can't be made. The `cause` is the file system's error, if it had one. */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
  /** The code of this class. */
  readonly code = "no-directory";
  /** The directory that was asked for, in full. */
  readonly path: string;
  /** What is in the way, such as `"/data is a file"`. */
  readonly reason: string;

  /** `path` is absolute; `reason` is a clause, without a full stop. */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`The directory ${JSON.stringify(path)} can't be made: ${reason}`, options);
    this.path = path;
    this.reason = reason;
  }
}

/** How directories are made. */
export interface DirectoryOptions {
  /** The mode of those that are made, less the process's umask; those that are there keep theirs. Default 0o777. */
  readonly mode?: number;
}

/**
 * Makes a directory, and those above it that are missing; nothing happens where it is there already, or a link to it.
 * Two processes may make it at the same time.
 *
 * @throws DirectoryError when it is not there and can't be made
 */
export function makeDirectory(path: string, { mode = 0o777 }: DirectoryOptions = {}): void {
  if (path === "" || path.includes("\0"))
    throw new DirectoryError(path, path === "" ? "it has no name" : "its name has a NUL character in it");
  const full = resolve(path);
  try {
    for (const missing of missingIn(full)) make(missing, mode);
  } catch (error) {
    throw error instanceof Obstacle ? new DirectoryError(full, error.message, { cause: error.cause }) : error;
  }
}

/** The file system, loaded when it is needed: modules that only define functions load this package, and no file system. */
const fileSystem = (): typeof FileSystem => process.getBuiltinModule("node:fs");

/** What stands in the way of a directory. */
class Obstacle extends Error {}

/** The directories that have to be made for `path`, outermost first. */
function missingIn(path: string): readonly string[] {
  const missing: string[] = [];
  // "/" is always there: so many steps as the path has parts.
  for (let each = path; !isThere(each); each = dirname(each)) missing.unshift(each);
  return missing;
}

function make(path: string, mode: number): void {
  try {
    fileSystem().mkdirSync(path, mode);
  } catch (error) {
    // Somebody else was faster.
    if (codeOf(error) === "EEXIST" && isThere(path)) return;
    throw new Obstacle(reasonOf(error, path), { cause: error });
  }
}

/**
 * Whether there is a directory; false where nothing is.
 *
 * @throws Obstacle where something else is, or the system does not tell
 */
function isThere(path: string): boolean {
  try {
    if (fileSystem().statSync(path).isDirectory()) return true;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw new Obstacle(reasonOf(error, path), { cause: error });
    if (fileSystem().lstatSync(path, { throwIfNoEntry: false }) === undefined) return false;
    throw new Obstacle(`${path} is a symbolic link that leads nowhere`, { cause: error });
  }
  throw new Obstacle(`${path} is there, but is no directory (EEXIST)`);
}

function reasonOf(error: unknown, path: string): string {
  switch (codeOf(error)) {
    case "ENOENT":
      return `the file system of ${dirname(path)} lets nobody make directories there (ENOENT)`;
    case "ENOTDIR":
      return `something above ${path} is no directory (ENOTDIR)`;
    case "ELOOP":
      return `${path} is a symbolic link that leads round in a circle (ELOOP)`;
    case "ENAMETOOLONG":
      return "its name, or a part of it, is too long for the file system (ENAMETOOLONG)";
    case "EROFS":
      return `${dirname(path)} is on a file system that is read-only (EROFS)`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
