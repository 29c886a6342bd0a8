/**
 * Reading the files of a database past SQLite. Who closes a file drops all locks that the process has on it (POSIX), those of
 * a writer, too. So the process that has a database open must not read its files, and none becomes its writer while it does:
 * whoever opens a database to write waits until this process has stopped reading it.
 */
import { closeSync, constants, fstatSync, lstatSync, readdirSync, type BigIntStats, type Stats } from "node:fs";
import { openRegularFile } from "@hyperion-ts/own-files";
import { ResultsError } from "./results-error.ts";

const readings = new Map<string, Set<Promise<void>>>();
const descriptors = new Set<number>();

/**
 * Begins to read the database at `path`, which is one without links; disposing of what is returned ends it.
 *
 * @throws ResultsError `locked` in the process that has it open; file errors as they come
 */
export function beginReading(path: string): Disposable {
  refuseOwnDatabase(path);
  const { promise, resolve } = Promise.withResolvers<void>();
  const ofPath = readings.get(path) ?? new Set();
  readings.set(path, ofPath.add(promise));
  return {
    [Symbol.dispose]: () => {
      ofPath.delete(promise);
      if (ofPath.size === 0) readings.delete(path);
      resolve();
    },
  };
}

/** Resolves when nothing in this process reads the database at `path`. Who opens it in the same turn has it. */
export async function readingEnded(path: string): Promise<void> {
  for (let ofPath = readings.get(path); ofPath !== undefined; ofPath = readings.get(path)) await Promise.all(ofPath);
}

/** An open file of a database. Disposing of it closes it. */
export interface RawFile extends Disposable {
  /** The descriptor, open for reading. */
  readonly fd: number;
}

/** Opens a plain file to be read, between `beginReading` and the end of that. Throws as `openRegularFile` does. */
export function openRaw(path: string, refuse: (stats: Stats) => string | undefined = () => undefined): RawFile {
  const fd = openRegularFile(path, constants.O_RDONLY, refuse);
  descriptors.add(fd);
  return {
    fd,
    [Symbol.dispose]: () => {
      descriptors.delete(fd);
      closeSync(fd);
    },
  };
}

/** The same; undefined where there is no such file. */
export function openRawIfThere(path: string, refuse?: (stats: Stats) => string | undefined): RawFile | undefined {
  try {
    return openRaw(path, refuse);
  } catch (error) {
    if (Error.isError(error) && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function refuseOwnDatabase(path: string): void {
  const database = lstatSync(path, { bigint: true });
  if (!openDescriptors().some((fd) => !descriptors.has(fd) && isSameFile(fd, database))) return;
  throw new ResultsError({
    code: "locked",
    path,
    what: `The results database ${path} is open in this very process, which would lose its lock on the file by reading it`,
    advice:
      "Use the open one: in a program's job, lookupAll(map) and the other verbs do; or read the file in another process",
  });
}

function openDescriptors(): readonly number[] {
  try {
    return readdirSync("/proc/self/fd").map(Number);
  } catch {
    return [];
  }
}

function isSameFile(fd: number, { dev, ino }: BigIntStats): boolean {
  try {
    const found = fstatSync(fd, { bigint: true });
    return found.ino === ino && found.dev === dev;
  } catch {
    return false; // the one that listed them
  }
}
