/**
 * Opening the results database: the one thing here that loads what reads and writes the file. Every worker loads this
 * package with the maps of the user's module, and none of them opens a database.
 */
import { callable, checkOptions, checkValue, flag, nonEmpty, type Rules, structured } from "@hyperion-ts/bounds";
import type { ResultsDatabase, ResultsOptions } from "./results-options.ts";
import type { ResultsSnapshot, SnapshotOptions } from "./results-snapshot.ts";

/**
 * Opens a results database as its one writer; with `readOnly: true`, reads what it has at this moment, also while a program
 * writes it (any process may but that one), and changes nothing on the disk.
 *
 * @example
 * await using results = await openResults({ path: "out/results.sqlite", programId: "q7RkW" });
 * await using results = await openResults({ path: "out/results.sqlite", readOnly: true });
 *
 * @throws ResultsError `locked` when another process, or this one, has it open (for reading: where this one has, or where it
 *   is written too fast to be copied); `no-locks`, `read-only`, `disk-full`, `damaged`, `newer-layout`, `unreachable`,
 *   `not-ours`, `unsafe` or `sqlite` where the file can't be used
 * @throws TypeError or RangeError, which name the option, when one is wrong; `path` and `programId` must not be empty
 */
export async function openResults(options: SnapshotOptions): Promise<ResultsSnapshot>;
/** Opens a results database as its one writer; fails as the form that reads does. */
export async function openResults(options: ResultsOptions): Promise<ResultsDatabase>;
export async function openResults(
  options: ResultsOptions | SnapshotOptions,
): Promise<ResultsDatabase | ResultsSnapshot> {
  return isToRead(options) ? read(options) : write(options);
}

const isToRead = (options: ResultsOptions | SnapshotOptions): options is SnapshotOptions =>
  Object(options).readOnly === true;

async function read(options: SnapshotOptions): Promise<ResultsSnapshot> {
  checkOptions("openResults with readOnly", options, SNAPSHOT_RULES);
  checkValue("openResults", "path", options.path, nonEmpty);
  const { openSnapshot } = await import("./results-snapshot.ts");
  return openSnapshot(options);
}

async function write(options: ResultsOptions): Promise<ResultsDatabase> {
  checkOptions("openResults", options, RULES);
  checkValue("openResults", "path", options.path, nonEmpty);
  if (options.programId === undefined)
    throw new TypeError(
      "openResults: programId is missing, the name of the program that writes. To read only: openResults({ path, readOnly: true })",
    );
  checkValue("openResults", "programId", options.programId, nonEmpty);
  const { openDatabase } = await import("./open-database.ts");
  return openDatabase(options);
}

const RULES: Rules<ResultsOptions> = {
  path: nonEmpty,
  programId: nonEmpty,
  readOnly: flag,
  batchJob: structured,
  behind: nonEmpty,
  onBehindFailed: callable,
  arbiter: structured,
  onHit: callable,
  onForgotten: callable,
  codeOfToday: callable,
  onOtherCode: callable,
  onLost: callable,
  aroundCommit: callable,
};
const SNAPSHOT_RULES: Rules<SnapshotOptions> = { path: nonEmpty, readOnly: flag };
