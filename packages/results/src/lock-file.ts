/**
 * A lock that is a file, and says who has it: by host, process and batch job. It holds between all hosts that see the file,
 * where the kernel's own locks need not, and it outlasts its holder, who may be found to be gone.
 *
 * It is made atomically and whole: written under a name of its own, then linked to the lock's name
 * (link(2) fails where that exists, on NFS too). A lock whose holder is gone is replaced by whoever
 * first takes a lock named after it (`NAME.TOKEN`, by the same rules), so that of two
 * contenders one wins: the other finds that lock, or finds that the token has changed.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { readRegularFile } from "@hyperion-ts/own-files";
import { ownIdentity, processState, type ProcessIdentity } from "@hyperion-ts/processes/process-identity";

/** What a lock file says, as JSON: which process has the lock. */
export interface LockHolder extends ProcessIdentity {
  /** When it took the lock: an ISO time. */
  readonly since: string;
  /** What the process is, for people. */
  readonly what: string;
  /** Tells this lock from all others: 12 hexadecimal digits. */
  readonly token: string;
  /** The batch job that it runs in. */
  readonly job?: string;
  /** A lock that the process had before it took this one, and keeps longer: once another process has that, this one is gone. */
  readonly within?: { readonly path: string; readonly token: string };
}

/** A lock that this process has. Disposing of it gives it up. */
export interface OwnLock extends Disposable {
  /** Tells it from a lock in the way. */
  readonly kind: "own";
  /** The lock file's path. */
  readonly path: string;
  /** This process, as the lock file names it. */
  readonly holder: LockHolder;
}

/** A lock that somebody else has, or may have. */
export interface LockInTheWay {
  /** Tells it from a lock of one's own. */
  readonly kind: "in-the-way";
  /** Its file: that of the lock, or of the right to replace it. */
  readonly path: string;
  /** Undefined where the file can't be read. */
  readonly holder: LockHolder | undefined;
}

/** The lock file of the file at `path`. */
export const lockOf = (path: string): string => `${path}.lock`;

/** This process as the holder of a new lock. */
export const newHolder = (about: Pick<LockHolder, "what" | "job" | "within">): LockHolder => ({
  ...ownIdentity(),
  since: new Date().toISOString(),
  token: randomBytes(6).toString("hex"),
  ...about,
});

/**
 * Takes the lock at `path` for `self`, if nobody has it, or if its holder `isGone`.
 *
 * @throws Error of Node's, such as EACCES and ENOSPC, when the file can't be written
 */
export function tryLock(
  path: string,
  self: LockHolder,
  isGone: (holder: LockHolder) => boolean,
): OwnLock | LockInTheWay {
  const draft = `${path}.${self.token}.draft`;
  removeLeftDrafts(path);
  try {
    writeDurably(draft, JSON.stringify(self));
    return tryLink(draft, path) ? ownLock(path, self) : replaceGone({ path, draft, self, isGone });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes drafts of processes of this host that were killed before their lock had its name. */
function removeLeftDrafts(path: string): void {
  const folder = dirname(path);
  const drafts = readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith(".draft"));
  for (const draft of drafts.map((name) => join(folder, name))) {
    const holder = readHolder(draft);
    if (holder !== undefined && processState(holder) === "dead") rmSync(draft, { force: true });
  }
}

/** Who has the lock at `path`; undefined where nobody has, and where its file can't be read. */
export function readHolder(path: string): LockHolder | undefined {
  try {
    const parsed: unknown = JSON.parse(readRegularFile(path, MOST_BYTES));
    return isHolder(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Why the file at `path` can't be read, in the file system's words; empty where it can, and its text is no lock. */
export function whyUnreadable(path: string): string {
  try {
    readRegularFile(path, MOST_BYTES);
    return "";
  } catch (error) {
    return ` (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** A lock has some hundred bytes. */
const MOST_BYTES = 65_536;

const ownLock = (path: string, holder: LockHolder): OwnLock => ({
  kind: "own",
  path,
  holder,
  [Symbol.dispose]: () => {
    if (readHolder(path)?.token === holder.token) rmSync(path, { force: true });
  },
});

const inTheWay = (path: string, holder: LockHolder | undefined): LockInTheWay => ({ kind: "in-the-way", path, holder });

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "wx", 0o644);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkOrCopy(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, ["EEXIST"])) return false;
    throw error;
  }
}

// Some file systems (sshfs, FAT) have no links; there the file is as exclusive, but for a moment it is empty.
function linkOrCopy(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, ["EPERM", "ENOTSUP", "ENOSYS"])) throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}

/** A lock that was there when a draft was to be linked. */
interface Replacing {
  readonly path: string;
  readonly draft: string;
  readonly self: LockHolder;
  readonly isGone: (holder: LockHolder) => boolean;
}

function replaceGone({ path, draft, self, isGone }: Replacing): OwnLock | LockInTheWay {
  const holder = readHolder(path);
  if (holder) {
    if (!isGone(holder)) return inTheWay(path, holder);
    // Only who holds the lock named after this token may replace the lock that bears it.
    const right = tryLock(`${path}.${holder.token}`, self, isGone);
    if (right.kind === "in-the-way") return right;
    using _rightToReplace = right;
    if (readHolder(path)?.token === holder.token) {
      renameSync(draft, path);
      return ownLock(path, self);
    }
  }
  // It changed hands, or was given up, while we looked: who links first has it.
  return tryLink(draft, path) ? ownLock(path, self) : inTheWay(path, readHolder(path));
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== "object" || value === null || !("pid" in value) || !Number.isInteger(value.pid)) return false;
  const fields = new Map(Object.entries(value));
  const texts = ["host", "startTime", "bootId", "pidNamespace", "since", "what", "token"].map((field) =>
    fields.get(field),
  );
  return (
    texts.every(isPlainText) &&
    isPlainText(fields.get("job") ?? "") &&
    TOKEN.test(String(fields.get("token"))) &&
    isWithin(fields.get("within"))
  );
}

const isWithin = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === "object" &&
    value !== null &&
    "path" in value &&
    isPlainText(value.path) &&
    "token" in value &&
    isPlainText(value.token));

/** It becomes a part of a file's name. */
const TOKEN = /^[0-9a-f]{12}$/;

/** Anybody may have written a lock, and its texts are shown on a terminal, which obeys control characters. */
const isPlainText = (value: unknown): boolean => typeof value === "string" && !/\p{Cc}/u.test(value);

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);
