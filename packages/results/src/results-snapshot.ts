/**
 * A results database as it was at one moment, for reading: beside the program that writes it, or after that. It is read from
 * a copy, whose files are gone as soon as it is open: nothing is left behind, however this process ends.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privateFolder } from "@hyperion-ts/own-files";
import { openCopiedConnection, type Connection } from "./connection.ts";
import { copyDatabase } from "./database-copy.ts";
import { findExistingDatabase } from "./database-files.ts";
import { shownKey } from "./key-text.ts";
import { logOf } from "./own-files.ts";
import { ResultsError } from "./results-error.ts";
import type { ClaimAnswer, ResultsStore, StoredRow } from "./results-store.ts";
import { RowOrigins } from "./row-origins.ts";
import { readFailure } from "./sqlite-failure.ts";
import { strayLog } from "./stray-log.ts";
import { storedRows, type StoredRows } from "./stored-rows.ts";

/** Options of `openResults`, to read. */
export interface SnapshotOptions {
  /** The database file. */
  readonly path: string;
  readonly readOnly: true;
}

/**
 * What a results database had when it was opened: all results whose promises had resolved by then, and none in part.
 * It does not follow later ones; open it again for those. `insert` rejects with the code `read-only`, and so does
 * `memoizeWithMap` for a key that has no value. Disposing of it ends it.
 */
export type ResultsSnapshot = ResultsStore &
  AsyncDisposable & {
    /** The file, as a path without links. */
    readonly path: string;
    /** What a person should know: that a log beside the file was left out, because it belongs to another database. */
    readonly notice: string | undefined;
  };

/** What `openResults` does with `readOnly`. */
export async function openSnapshot(options: SnapshotOptions): Promise<ResultsSnapshot> {
  const path = findExistingDatabase(options.path);
  try {
    using opened = new DisposableStack();
    const folder = privateFolder(mkdtempSync(join(tmpdir(), "hyperion-ts-read-")));
    opened.defer(() => rmSync(folder, { recursive: true, force: true }));
    const copy = join(folder, "results.sqlite");
    await copyDatabase(path, copy);
    const notice = leaveStrayLogOut(path, copy);
    const connection = opened.use(openCopiedConnection(copy, path));
    tryRemove(folder);
    return new SqliteSnapshot(connection, notice, opened.move());
  } catch (error) {
    throw readFailure(error, path);
  }
}

function leaveStrayLogOut(path: string, copy: string): string | undefined {
  if (!strayLog(copy)) return undefined;
  rmSync(logOf(copy));
  return `Beside the results database ${path} is the log of another one, or of one that is not there any more: ${logOf(path)}. It was left out. The next program that opens the database to write puts it aside, and says what it has`;
}

/** NFS keeps the names of files that are open: the folder goes when the snapshot ends, then. */
function tryRemove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    return;
  }
}

class SqliteSnapshot implements ResultsSnapshot {
  readonly path: string;
  readonly notice: string | undefined;
  readonly #rows: StoredRows;
  readonly #resources: DisposableStack;

  constructor(connection: Connection, notice: string | undefined, resources: DisposableStack) {
    this.path = connection.path;
    this.notice = notice;
    this.#rows = storedRows(connection, "", new RowOrigins(connection, ""), (commit) => commit());
    this.#resources = resources;
  }

  lookup(map: string, key: string): string | undefined {
    this.#assertOpen();
    return this.#rows.newest(map, key)?.value;
  }

  lookupAll(map: string): readonly StoredRow[] {
    this.#assertOpen();
    return this.#rows.newestOfEach(map).map(({ key, value }) => ({ key, value }));
  }

  async insert(map: string, key: string): Promise<never> {
    throw this.#onlyRead(`a value for key ${shownKey(key)} of map "${map}" can't be stored in it`);
  }

  async forget(map: string): Promise<never> {
    throw this.#onlyRead(`nothing of map "${map}" can be removed from it`);
  }

  claim(map: string, key: string): ClaimAnswer {
    const value = this.lookup(map, key);
    if (value === undefined)
      throw this.#onlyRead(
        `it has no value for key ${shownKey(key)} of map "${map}", which would have to be computed and stored`,
      );
    return { kind: "remembered", value, codes: new Map() };
  }

  /** Nothing is computed here. */
  noteCode(): void {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.#resources.dispose();
  }

  #onlyRead(why: string): ResultsError {
    return new ResultsError({
      code: "read-only",
      path: this.path,
      what: `The results database ${this.path} was opened for reading only: ${why}`,
      advice: "Open it with a programId and without readOnly to write",
    });
  }

  #assertOpen(): void {
    if (!this.#resources.disposed) return;
    throw new ResultsError({
      code: "closed",
      path: this.path,
      what: `What was read of the results database ${this.path} has been closed`,
      advice: "Use it only inside the scope that opened it",
    });
  }
}
