/**
 * A file that is named by what is in it. It is there as a whole or not at all, so programs on all nodes may make and
 * use it at the same time: it gets its name when every byte of it is on the disk.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { openRegularFile, ownUserId } from "@hyperion-ts/own-files";

/** How much of a hash is in a name: two files of one name would have to share 80 bits. */
const DIGITS = 20;

/** SHA-256, in hexadecimal. */
export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** `<name>-<hash><end>` in `directory`, for a content of that hash. */
export const fileOfHash = (directory: string, name: string, hash: string, end: string): string =>
  join(directory, `${name}-${hash.slice(0, DIGITS)}${end}`);

/**
 * Writes `content` to `file`, for this user alone to read. A file that is there and has just this content is left as it is; any
 * other is replaced.
 *
 * @throws the file system's errors as they come
 */
export function keepFile(file: string, content: string): void {
  if (has(file, sha256(content))) return;
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    const fd = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(fd, content);
      fchmodSync(fd, 0o400);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(file));
}

/** A file as it was read, and its mark: another one after each change. */
export interface ReadFile {
  readonly bytes: Buffer;
  readonly mark: string;
}

/**
 * Reads a file of this user's that nobody else may write to.
 *
 * @throws NotOursError for any other; the file system's errors as they come
 */
export function readOwnFile(file: string): ReadFile {
  const fd = openRegularFile(file, constants.O_RDONLY, whyNotOurs);
  try {
    const mark = markOf(fstatSync(fd, { bigint: true }));
    return { bytes: readFileSync(fd), mark };
  } finally {
    closeSync(fd);
  }
}

/** The mark of a file as it is now. */
export const markNow = (file: string): string => markOf(statSync(file, { bigint: true }));

const markOf = ({ dev, ino, size, ctimeNs }: { dev: bigint; ino: bigint; size: bigint; ctimeNs: bigint }): string =>
  [dev, ino, size, ctimeNs].join(":");

function whyNotOurs({ uid, mode }: Stats): string | undefined {
  if (uid !== ownUserId()) return `belongs to user ${uid}`;
  return (mode & 0o022) === 0 ? undefined : `may be written to by others (mode 0${(mode & 0o7777).toString(8)})`;
}

function has(file: string, hash: string): boolean {
  try {
    return sha256(readOwnFile(file).bytes) === hash;
  } catch {
    // Missing, or not ours: it is replaced.
    return false;
  }
}

/** So that the name outlives a crash as well. Not every file system can do it. */
function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r");
  try {
    fsyncSync(fd);
  } catch {
    // The file itself is on the disk.
  } finally {
    closeSync(fd);
  }
}
