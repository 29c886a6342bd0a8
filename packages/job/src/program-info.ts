/** Where a program keeps what it leaves behind. (Hyperion's ProgramInfo) */
import { join, resolve } from "node:path";
import { nonEmpty } from "@hyperion-ts/bounds";
import { refuseInWorker } from "@hyperion-ts/remote";
import { newServiceId, type ServiceId } from "@hyperion-ts/wire";

/** Names one run of a program, e.g. `"q7RkW"`. */
export type ProgramId = ServiceId;

/** One run of a program: its id, and where its database, its logs and its other files are. (Hyperion.Job: ProgramInfo) */
export interface ProgramInfo {
  /** Another one for each run. */
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
 *
 * @throws TypeError or RangeError when `dir` is no path, such as an empty one (`"."` is the working directory);
 *   ProgramInWorkerError for that in a worker.
 */
export function programInfo(dir: string): ProgramInfo {
  const root = resolve(checked(dir));
  const id = newServiceId();
  const month = new Date().toISOString().slice(0, 7);
  return {
    id,
    database: join(root, "results.sqlite"),
    logDir: join(root, "logs", month, id),
    dataDir: join(root, "data"),
  };
}

/** A worker has not the program's arguments: what is wrong there is that its module starts a program, and not the directory. */
function checked(dir: string): string {
  try {
    nonEmpty(dir, "programInfo: dir");
    return dir;
  } catch (error) {
    refuseInWorker("programInfo");
    throw error;
  }
}
