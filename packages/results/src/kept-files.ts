/**
 * What is done when an open database loses its files: its results are saved in a new file, nothing is acknowledged any
 * more, and the error says what happened, where the results are and how to go on. What is left of the files is put out of
 * the way under names of their own: a log beside another database would damage that when it is opened.
 */
import { existsSync, renameSync, rmSync } from "node:fs";
import type { Connection } from "./connection.ts";
import { messageOf } from "./message-of.ts";
import { logOf, ownFiles, type OwnFiles } from "./own-files.ts";
import { ResultsError } from "./results-error.ts";
import { saveResults, type Saved } from "./save-results.ts";
import type { NewRow } from "./stored-rows.ts";

/** Watches the files of a database for as long as it is open. */
export type KeptFiles = Disposable & {
  /**
   * Looks at the files, and saves what the database has at a loss.
   *
   * @throws ResultsError `file-lost` when a file was lost: from then on always the same error
   */
  readonly check: () => void;
  /**
   * Writes between two looks at the files, so that nothing is acknowledged that was committed into a file without a name.
   * Where `rows` are not written for that reason, they are saved with all others.
   *
   * @throws ResultsError `file-lost` when a file was lost
   * @throws what `write` throws
   */
  readonly whileOurs: <A>(rows: readonly NewRow[], write: () => A) => A;
  /** The loss, where there has been one. */
  readonly loss: () => ResultsError | undefined;
  /**
   * To be called when SQLite has closed the database: what was done to it in between.
   *
   * @throws ResultsError `file-lost` when a file was lost
   */
  readonly closed: () => void;
};

/** Begins to watch the files of `connection`, which has just been opened. */
export function keptFiles(
  connection: Connection,
  programId: string,
  onLost?: (error: ResultsError) => void,
): KeptFiles {
  const files = ownFiles(connection.path);
  let lost: ResultsError | undefined;
  const check = (unwritten: readonly NewRow[] = []): void => {
    if (lost) throw lost;
    const happened = files.loss();
    if (happened === undefined) return;
    const stamp = newStamp();
    const saved = saveResults(connection, unwritten, programId, stamp);
    const aside = putAside(connection.path, files, saved, stamp);
    lost = lossError(connection.path, happened, saved, aside);
    onLost?.(lost);
    throw lost;
  };
  const writeOrSave = <A>(rows: readonly NewRow[], write: () => A): A => {
    try {
      return write();
    } catch (error) {
      check(rows);
      throw error;
    }
  };
  return {
    loss: () => lost,
    closed: () => {
      const happened = lost === undefined ? files.databaseLoss() : undefined;
      if (happened !== undefined) throw lossAtEnd(connection.path, happened);
    },
    [Symbol.dispose]: () => files[Symbol.dispose](),
    check: () => check(),
    whileOurs: (rows, write) => {
      check(rows);
      const written = writeOrSave(rows, write);
      check();
      return written;
    },
  };
}

/** Part of a file name: the time, and what makes it this process's own. */
export const newStamp = (): string => `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${process.pid}`;

/**
 * Returns in words what of our files was renamed. SQLite leaves its log alone at its end where the database is not at
 * its name: what others have done to either file does not come into the other one then.
 */
function putAside(path: string, files: OwnFiles, saved: Saved, stamp: string): string {
  const aside = `${path}.aside-${stamp}`;
  const isDatabaseOurs = files.holds("database");
  // It may have all that is in the log when SQLite closes it, which is the best that is left.
  if (saved.path === undefined && isDatabaseOurs) return "";
  try {
    if (files.holds("log") && saved.path !== undefined && saved.unread === 0) rmSync(logOf(path));
    else if (files.holds("log") || (isDatabaseOurs && existsSync(logOf(path)))) renameSync(logOf(path), logOf(aside));
    if (isDatabaseOurs) renameSync(path, aside);
    return isDatabaseOurs ? `. What is left of the file itself is now ${aside}` : "";
  } catch (error) {
    return `. What is left of it could not be renamed (${messageOf(error)}): remove ${path} and ${logOf(path)} before you go on`;
  }
}

/** SQLite has left the log alone then: it is of the file that it had open, and not of the one in its place. */
const lossAtEnd = (path: string, happened: string): ResultsError =>
  new ResultsError({
    code: "file-lost",
    path,
    what: `The results database ${path} is lost to this program, which was closing it: ${happened}`,
    advice: `See what has become of the file. What its log ${logOf(path)} still has is made into a database of its own, and named, when the program runs again`,
  });

function lossError(path: string, happened: string, saved: Saved, aside: string): ResultsError {
  const what = `The results database ${path} is lost to this program, which had it open: ${happened}`;
  if (saved.path === undefined) {
    const advice =
      "Nothing more is stored. See what has become of the file (renamed, in a snapshot or backup of the disk): without it all is computed again";
    return new ResultsError({
      code: "file-lost",
      path,
      what: `${what}. Its results could not be saved elsewhere: ${saved.why}${aside}`,
      advice,
    });
  }
  const count = `${saved.rows} rows${saved.unread === 0 ? ", all that it had" : `; ${saved.unread} more could not be read`}`;
  return new ResultsError({
    code: "file-lost",
    path,
    what: `${what}. Its results were saved in ${saved.path} (${count})${aside}`,
    advice: `Nothing more is stored, and the program has to end. To go on from there, see that neither ${path} nor ${logOf(path)} is there any more, then: mv ${saved.path} ${path} and run the program again. Leave the file alone while a program has it open`,
  });
}
