/**
 * A copy of a database that another program may be writing just now, made without a lock: nothing is written beside it, and
 * its writer notices nothing.
 *
 * The files are looked at, copied (the database, then its log), and looked at again. The copies fit together if
 * - nothing has changed, or
 * - it is the same round of the log: its header has two salts, which SQLite makes anew when it begins the log at its front
 *   again (https://www.sqlite.org/fileformat2.html#walformat). In one round the log only grows, and the database only changes
 *   where a checkpoint brings pages of the log into it. Such a page was committed to the log before. The log was copied
 *   later, so it has all pages that the copied database may have half, or in a newer state than others, and SQLite takes
 *   those of the log. Where the copied log ends in the middle of a transaction, checksums tell SQLite so.
 * Else it is tried again.
 *
 * Who closes a file drops all locks that the process has on it (POSIX), those of a writer, too. So the process that writes
 * must not copy, and none becomes the writer in the middle: from the look to the end of the copy nothing else runs here.
 */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  type BigIntStats,
  type Stats,
  writeSync,
} from "node:fs";
import { pause, showDuration } from "@hyperion-ts/bounds";
import { openRegularFile } from "@hyperion-ts/own-files";
import { whyStrangersPart } from "./database-files.ts";
import { logOf } from "./own-files.ts";
import { ResultsError } from "./results-error.ts";

/**
 * Copies the database at `path`, with its log or journal, to `copy` and beside it. `copy` is in a folder of this process alone.
 *
 * @throws ResultsError `locked` in the process that has it open, and where it is written so fast that no copy fits together;
 *   file errors as they come
 */
export async function copyDatabase(path: string, copy: string): Promise<void> {
  const startMs = performance.now();
  for (let tries = 1; !tryCopy(path, copy); tries += 1) {
    const triedMs = performance.now() - startMs;
    if (tries >= FEWEST_TRIES && triedMs > LONGEST_TRIES_MS) throw writtenTooFast(path, tries, triedMs);
    await pause(Math.min(tries * 2 * CLOCK_TICK_MS, LONGEST_PAUSE_MS));
  }
}

const FEWEST_TRIES = 20;
const LONGEST_TRIES_MS = 10_000;
const LONGEST_PAUSE_MS = 200;

function tryCopy(path: string, copy: string): boolean {
  refuseOwnDatabase(path);
  for (const suffix of SUFFIXES) rmSync(`${copy}${suffix}`, { force: true });
  const before = look(path);
  const database = copyFile(path, copy, () => undefined);
  for (const suffix of ["-wal", "-journal"])
    copyFileIfThere(`${path}${suffix}`, `${copy}${suffix}`, (part) => whyStrangersPart(part, database));
  return fitTogether(before, look(path));
}

const SUFFIXES = ["", "-wal", "-journal"] as const;

/** The files at a moment: what tells of a change of each (none where it is missing), and the log's round, where SQLite uses one. */
interface Look {
  readonly files: ReadonlyMap<string, BigIntStats>;
  readonly round: string | undefined;
}

function look(path: string): Look {
  const round = hasLog(path) ? roundOf(logOf(path)) : undefined;
  const files = SUFFIXES.flatMap((suffix) => {
    const found = lstatSync(`${path}${suffix}`, { bigint: true, throwIfNoEntry: false });
    return found ? [[suffix, found] as const] : [];
  });
  return { files: new Map(files), round };
}

function fitTogether(before: Look, after: Look): boolean {
  const [was, is] = [before.files.get(""), after.files.get("")];
  if (was === undefined || is === undefined || was.ino !== is.ino || was.dev !== is.dev) return false;
  const sameRound =
    before.round !== undefined &&
    before.round === after.round &&
    !before.files.has("-journal") &&
    !after.files.has("-journal");
  return sameRound || SUFFIXES.every((suffix) => isUnchanged(before.files.get(suffix), after.files.get(suffix)));
}

function isUnchanged(was: BigIntStats | undefined, is: BigIntStats | undefined): boolean {
  if (was === undefined || is === undefined) return was === is;
  const same = was.ino === is.ino && was.size === is.size && was.mtimeNs === is.mtimeNs && was.ctimeNs === is.ctimeNs;
  // Two changes in one tick of the clock have the same time.
  return same && Math.abs(Date.now() - Number(is.ctimeMs)) > CLOCK_TICK_MS;
}

const CLOCK_TICK_MS = 20;

/** Whether the database's header says that it has a log: https://www.sqlite.org/fileformat2.html#file_format_version_numbers */
const hasLog = (path: string): boolean => readFront(path, 20)?.[18] === 2;

const roundOf = (log: string): string | undefined => readFront(log, 24)?.toString("hex", 16);

/** The first bytes of a file; undefined where it is missing or has fewer. */
function readFront(path: string, bytes: number): Buffer | undefined {
  const file = openIfThere(path, () => undefined);
  if (file === undefined) return undefined;
  try {
    const front = Buffer.alloc(bytes);
    return readSync(file, front, 0, bytes, 0) === bytes ? front : undefined;
  } finally {
    closeSync(file);
  }
}

type Refuse = (stats: Stats) => string | undefined;

function copyFileIfThere(from: string, to: string, refuse: Refuse): void {
  try {
    copyFile(from, to, refuse);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function copyFile(from: string, to: string, refuse: Refuse): Stats {
  const source = openRegularFile(from, constants.O_RDONLY, refuse);
  try {
    const found = fstatSync(source);
    if (!tryClone(source, to)) copyBytes(source, to, found.size);
    return found;
  } finally {
    closeSync(source);
  }
}

/** Takes no time and no room, where the file system can and both are on the same one. */
function tryClone(source: number, to: string): boolean {
  try {
    copyFileSync(`/proc/self/fd/${source}`, to, constants.COPYFILE_FICLONE_FORCE);
    chmodSync(to, 0o600);
    return true;
  } catch {
    return false;
  }
}

// Not by copyFileSync, which never ends where the file becomes shorter meanwhile.
function copyBytes(source: number, to: string, size: number): void {
  const target = openSync(to, "w", 0o600);
  try {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size));
    for (let at = 0; at < size;) {
      const read = readSync(source, chunk, 0, Math.min(chunk.length, size - at), at);
      if (read === 0) return;
      for (let written = 0; written < read;) written += writeSync(target, chunk, written, read - written, at + written);
      at += read;
    }
  } finally {
    closeSync(target);
  }
}

const CHUNK_BYTES = 1024 * 1024;

function openIfThere(path: string, refuse: Refuse): number | undefined {
  try {
    return openRegularFile(path, constants.O_RDONLY, refuse);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean => Error.isError(error) && "code" in error && error.code === "ENOENT";

function refuseOwnDatabase(path: string): void {
  const database = lstatSync(path, { bigint: true });
  if (!openDescriptors().some((fd) => isSameFile(fd, database))) return;
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

const writtenTooFast = (path: string, tries: number, triedMs: number): ResultsError =>
  new ResultsError({
    code: "locked",
    path,
    what: `The results database ${path} is written so fast that it could not be copied for reading: ${tries} times in ${showDuration(triedMs)} it changed before its copy was complete`,
    advice: "Try again when its program stores less, or set TMPDIR to a folder on a faster disk",
  });
