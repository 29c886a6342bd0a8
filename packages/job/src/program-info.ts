/** Where a program keeps what it leaves behind. (Hyperion's ProgramInfo) */
import { join, resolve } from "node:path";
import { checkValue, nonEmpty } from "@hyperion-ts/bounds";
import { newServiceId, type ServiceId } from "@hyperion-ts/wire";

/** Names one run of a program, e.g. `"q7RkW"`. */
export type ProgramId = ServiceId;

/** One run of a program: its id, and where its database, its logs and its other files are. (Hyperion.Job: ProgramInfo) */
export interface ProgramInfo {
  readonly id: ProgramId;
  /** The file of the results database. */
  readonly database: string;
  /** This run's log files: `<logDir>/<service id>.log`. */
  readonly logDir: string;
  /** What can be made anew: compiled code, snapshots. */
  readonly dataDir: string;
}

/**
 * A new run of a program that lives in `dir` (made if it is not there). The database `dir/results.sqlite` is shared by
 * all runs in `dir`, so that each takes up what the earlier ones have done; logs are in `dir/logs/<year-month>/<id>`.
 * Throws a RangeError for an empty path (`"."` is the working directory) and one with a NUL character.
 */
export function programInfo(dir: string): ProgramInfo {
  const root = resolve(checkValue("programInfo", "dir", dir, nonEmpty));
  const id = newServiceId();
  const month = new Date().toISOString().slice(0, 7);
  return { id, database: join(root, "results.sqlite"), logDir: join(root, "logs", month, id), dataDir: join(root, "data") };
}
