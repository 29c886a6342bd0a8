/**
 * Opening the results database: the one thing here that loads what reads and writes the file. Every worker loads this
 * package with the maps of the user's module, and none of them opens a database.
 */
import { callable, checkOptions, checkValue, nonEmpty, type Rules, structured } from "@hyperion-ts/bounds";
import type { ResultsDatabase, ResultsOptions } from "./results-options.ts";

/**
 * Opens a results database as its one writer.
 *
 * @example
 * await using results = await openResults({ path: "out/results.sqlite", programId: "q7RkW" });
 *
 * @throws ResultsError `locked` where another process, or this one, has it open; `no-locks`, `read-only`, `disk-full`,
 *   `damaged`, `newer-layout`, `unreachable`, `not-ours`, `unsafe` or `sqlite` where the file can't be used
 *   TypeError or RangeError, which name the option, where one is wrong; `path` and `programId` must not be empty
 */
export const openResults = async (options: ResultsOptions): Promise<ResultsDatabase> => {
  checkOptions("openResults", options, rules);
  checkValue("openResults", "path", options.path, nonEmpty);
  checkValue("openResults", "programId", options.programId, nonEmpty);
  const { openDatabase } = await import("./results-database.ts");
  return openDatabase(options);
};

const rules: Rules<ResultsOptions> = { path: nonEmpty, programId: nonEmpty, batchJob: structured, onHit: callable, codeOfToday: callable, onOtherCode: callable, onLost: callable, aroundCommit: callable };
