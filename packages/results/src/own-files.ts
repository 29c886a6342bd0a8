/**
 * Whether the names of the database and its log still lead to the files that SQLite has open.
 *
 * Who removes, renames or replaces one of them takes nothing from the open files: SQLite goes on committing into files
 * without a name, which end with the process. Who cuts one takes pages away, and the next COMMIT makes it as long again
 * (log-content.ts finds the zeros then).
 * SQLite's lock does not hold off everyone, and falls when anything in this process closes the file (POSIX drops a
 * process's locks then: after a readFile of it, or another SQLite library). Another program's SQLite that comes in is
 * known by its shared memory, which this connection does without, and at its end it removes the log.
 */
import { statSync } from "node:fs";
import { basename } from "node:path";
import { LogContent } from "./log-content.ts";

/** The files of an open database. */
export type OwnFiles = Disposable & {
  /**
   * What has happened to them that they are not whole and ours any more, in words; undefined where nothing has. To be asked
   * before and after each write: what is found then, and not lost, is the measure for the next time.
   */
  readonly loss: () => string | undefined;
  /** The same of the database alone: SQLite removes its log when it closes it. */
  readonly databaseLoss: () => string | undefined;
  /** Whether a name still leads to the file that is open. */
  readonly holds: (name: "database" | "log") => boolean;
};

/** The log of the database at `path`. */
export const logOf = (path: string): string => `${path}-wal`;

/** Begins to watch the files of the database at `path`, which has just been opened. */
export function ownFiles(path: string): OwnFiles {
  const database = watched(path, "it");
  const log = watched(logOf(path), `its log ${basename(logOf(path))}`);
  const content = new LogContent(logOf(path));
  const stranger = strangerAt(`${path}-shm`);
  const loss = (): string | undefined => database.loss() ?? log.loss() ?? stranger() ?? contentLoss();
  const contentLoss = (): string | undefined =>
    content.hasLost(log.bytes()) ? `its log ${basename(logOf(path))} was cut, and written on after that` : undefined;
  return {
    loss,
    databaseLoss: () => database.loss(),
    [Symbol.dispose]: () => content[Symbol.dispose](),
    holds: (name) => (name === "database" ? database : log).isOurs(),
  };
}

interface Watched {
  readonly loss: () => string | undefined;
  readonly isOurs: () => boolean;
  /** How long it was at the last look. */
  readonly bytes: () => number;
}

function watched(path: string, what: string): Watched {
  const first = look(path);
  let bytes = typeof first === "object" ? first.size : 0;
  const isOther = (now: Look): boolean => typeof first === "object" && (now.ino !== first.ino || now.dev !== first.dev);
  return {
    isOurs: () => {
      const now = look(path);
      return typeof now === "object" && !isOther(now);
    },
    bytes: () => Number(bytes),
    loss: () => {
      const now = look(path);
      if (now === undefined) return undefined;
      if (now === "gone") return `${what} was removed or renamed, or its folder was`;
      if (isOther(now)) return `${what} was replaced by another file of this name`;
      if (now.size < bytes) return `${what} was cut from ${bytes} bytes to ${now.size}`;
      bytes = now.size;
      return undefined;
    },
  };
}

function strangerAt(path: string): () => string | undefined {
  const first = look(path);
  return () => {
    const now = look(path);
    // Shared memory that a killed program has left was there before.
    if (typeof now !== "object" || (typeof first === "object" && first.ino === now.ino)) return undefined;
    return `another program has opened it (there is ${basename(path)}), because the lock on it had fallen: something in this process has read or copied the file, which drops its locks`;
  };
}

interface Look {
  readonly dev: number | bigint;
  readonly ino: number | bigint;
  readonly size: number | bigint;
}

/** Undefined where it can't be known, which is no reason to end: no permission for the folder, a server that does not answer. */
function look(path: string): Look | "gone" | undefined {
  try {
    const found = statSync(path, NO_THROW);
    if (found === undefined) return "gone";
    // Lustre's numbers are larger than a double holds. To ask for BigInts always would take four times as long.
    return Number.isSafeInteger(found.ino) ? found : (statSync(path, { ...NO_THROW, bigint: true }) ?? "gone");
  } catch (error) {
    return Error.isError(error) && "code" in error && error.code === "ESTALE" ? "gone" : undefined;
  }
}

const NO_THROW = { throwIfNoEntry: false } as const;
