/** A results database as it was at one moment, for reading: beside the program that writes it, or after that. It is read from a copy. */
import { openCopiedDatabase, type CopiedDatabase } from "./copied-database.ts";
import { shownKey } from "./key-text.ts";
import { ResultsError } from "./results-error.ts";
import type { ClaimAnswer, ResultsStore, StoredRow } from "./results-store.ts";
import { type ProgramOrigin, RowOrigins } from "./row-origins.ts";
import { type FoundRow, type MapSummary, storedRows, type StoredRows } from "./stored-rows.ts";

/** Options of `openResults`, to read. */
export interface SnapshotOptions {
  /** The database file. */
  readonly path: string;
  /** Tells these options from those of a writer. */
  readonly readOnly: true;
}

/** Where the values of a map come from. */
export interface MapOrigins {
  /** The newest row of each key, with the id of the program that has written it. */
  readonly rows: readonly (StoredRow & FoundRow)[];
  /** These programs, in the order in which their first row comes. */
  readonly programs: readonly ProgramOrigin[];
}

/**
 * What a results database had when it was opened: all results whose promises had resolved by then, and none in part.
 * It does not follow later ones; open it again for those. `insert` rejects with the code `read-only`, and so does
 * `memoizeWithMap` for a key that has no value. Disposing of it closes it.
 */
export type ResultsSnapshot = ResultsStore &
  AsyncDisposable & {
    /** The file, as a path without links. */
    readonly path: string;
    /** The maps that have results, by name. */
    readonly maps: () => readonly MapSummary[];
    /** The newest row of each key of a map, and the programs that have computed them. */
    readonly origins: (map: string) => MapOrigins;
    /** What a person should know: that a log beside the file was left out, because it belongs to another database. */
    readonly notice: string | undefined;
  };

/** What `openResults` does with `readOnly`. */
export const openSnapshot = async ({ path }: SnapshotOptions): Promise<ResultsSnapshot> =>
  new SqliteSnapshot(await openCopiedDatabase(path));

class SqliteSnapshot implements ResultsSnapshot {
  readonly path: string;
  readonly notice: string | undefined;
  readonly #rows: StoredRows;
  readonly #origins: RowOrigins;
  readonly #copied: CopiedDatabase;
  #closed = false;

  constructor(copied: CopiedDatabase) {
    const { connection, notice } = copied;
    this.path = connection.path;
    this.notice = notice;
    this.#origins = new RowOrigins(connection, "");
    this.#rows = storedRows(connection, "", this.#origins, (commit) => commit());
    this.#copied = copied;
  }

  maps(): readonly MapSummary[] {
    this.#assertOpen();
    return this.#rows.maps();
  }

  origins(map: string): MapOrigins {
    this.#assertOpen();
    const rows = this.#rows.newestOfEach(map);
    const ids = new Set(rows.map(({ programId }) => programId));
    return { rows, programs: [...ids].map((id) => this.#origins.ofProgram(map, id)) };
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
    if (this.#closed) return;
    this.#closed = true;
    this.#copied[Symbol.dispose]();
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
    if (!this.#closed) return;
    throw new ResultsError({
      code: "closed",
      path: this.path,
      what: `What was read of the results database ${this.path} has been closed`,
      advice: "Use it only inside the scope that opened it",
    });
  }
}
