/**
 * Opening the results database: the one thing here that loads what reads and writes the file. Every worker loads this
 * package with the maps of the user's module, and none of them opens a database.
 */
import type { ResultsDatabase, ResultsOptions } from "./results-database.ts";

/**
 * Opens a results database as its one writer.
 *
 * @example
 * await using results = await openResults({ path: "out/results.sqlite", programId: "q7RkW" });
 *
 * @throws ResultsError `locked` where another process, or this one, has it open; `no-locks`, `read-only`, `disk-full`,
 *   `damaged`, `newer-layout`, `unreachable`, `not-ours`, `unsafe` or `sqlite` where the file can't be used
 */
export const openResults = async (options: ResultsOptions): Promise<ResultsDatabase> => {
  const { openDatabase } = await import("./results-database.ts");
  return openDatabase(options);
};
