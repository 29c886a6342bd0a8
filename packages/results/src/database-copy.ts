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
 * Else the copy is made again.
 *
 * Large ones are copied piece by piece, so that this process goes on meanwhile; but it does not become the writer
 * (raw-reading.ts).
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  fstatSync,
  lstatSync,
  read,
  readSync,
  rmSync,
  writeFileSync,
  type BigIntStats,
  type Stats,
} from "node:fs";
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { pause, showDuration } from "@hyperion-ts/bounds";
import { whyStrangersPart } from "./database-files.ts";
import { logOf } from "./own-files.ts";
import { beginReading, openRaw, openRawIfThere, type RawFile } from "./raw-reading.ts";
import { ResultsError } from "./results-error.ts";

/** How a database is copied. */
export interface CopyOptions {
  /** Why the database is not to be read, from what its file is, in words that are said of its path. Default: it always is. */
  readonly refuse?: Refuse;
  /** Ends the copying with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Copies the database at `path`, with its log or journal, to `copy` and beside it. `copy` is in a folder of this process alone.
 *
 * @throws ResultsError `locked` when this process has it open, or it is written so fast that no copy fits together
 * @throws Error of Node's when a file can't be read or written
 */
export const copyDatabase = async (path: string, copy: string, options: CopyOptions = {}): Promise<void> => {
  const startMs = performance.now();
  for (let tries = 1; !(await tryCopy(path, copy, options)); tries += 1) {
    const triedMs = performance.now() - startMs;
    if (tries >= FEWEST_TRIES && triedMs > LONGEST_TRIES_MS) throw writtenTooFast(path, tries, triedMs);
    await pause(Math.min(tries * 2 * CLOCK_TICK_MS, LONGEST_PAUSE_MS), options.signal);
  }
};

const FEWEST_TRIES = 20;
const LONGEST_TRIES_MS = 10_000;
const LONGEST_PAUSE_MS = 200;

const tryCopy = async (path: string, copy: string, { refuse, signal }: CopyOptions): Promise<boolean> => {
  using _reading = beginReading(path);
  for (const suffix of SUFFIXES) rmSync(`${copy}${suffix}`, { force: true });
  const before = look(path);
  using database = openRaw(path, refuse);
  const found = fstatSync(database.fd);
  await copyFile(database, copy, signal);
  for (const suffix of ["-wal", "-journal"]) {
    using part = openRawIfThere(`${path}${suffix}`, (stats) => whyStrangersPart(stats, found));
    if (part !== undefined) await copyFile(part, `${copy}${suffix}`, signal);
  }
  return fitTogether(before, look(path));
};

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
const readFront = (path: string, bytes: number): Buffer | undefined => {
  using file = openRawIfThere(path);
  if (file === undefined) return undefined;
  const front = Buffer.alloc(bytes);
  return readSync(file.fd, front, 0, bytes, 0) === bytes ? front : undefined;
};

type Refuse = (stats: Stats) => string | undefined;

const copyFile = async (source: RawFile, to: string, signal: AbortSignal | undefined): Promise<void> => {
  if (tryClone(source.fd, to)) return;
  const { size } = fstatSync(source.fd);
  if (size <= AT_ONCE_BYTES) copyAtOnce(source.fd, to, size);
  else await copyInPieces(source.fd, { to, size }, signal);
};

/** A small file is copied within some milliseconds: its writer has less time to change it, and nobody waits long. */
const AT_ONCE_BYTES = 8 * 1024 * 1024;

function copyAtOnce(source: number, to: string, size: number): void {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const bytesRead = readSync(source, bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  writeFileSync(to, bytes.subarray(0, filled), { mode: 0o600 });
}

/** Copies at once and without room for a second file, where both are on one file system that can do that. */
function tryClone(source: number, to: string): boolean {
  try {
    copyFileSync(`/proc/self/fd/${source}`, to, constants.COPYFILE_FICLONE_FORCE);
    chmodSync(to, 0o600);
    return true;
  } catch {
    return false;
  }
}

// Not by copyFile, which never ends where the file becomes shorter meanwhile.
const copyInPieces = async (
  source: number,
  { to, size }: { readonly to: string; readonly size: number },
  signal: AbortSignal | undefined,
): Promise<void> => {
  const target = await open(to, "w", 0o600);
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = 0; at < size;) {
      signal?.throwIfAborted();
      const { bytesRead } = await readPart(source, chunk, 0, Math.min(chunk.length, size - at), at);
      if (bytesRead === 0) return;
      await target.writeFile(chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await target.close();
  }
};

const readPart = promisify(read);

const CHUNK_BYTES = 1024 * 1024;

const writtenTooFast = (path: string, tries: number, triedMs: number): ResultsError =>
  new ResultsError({
    code: "locked",
    path,
    what: `The results database ${path} is written so fast that it could not be copied for reading: ${tries} times in ${showDuration(triedMs)} it changed before its copy was complete`,
    advice: "Try again when its program stores less, or set TMPDIR to a folder on a faster disk",
  });
