/**
 * What parts of an environment a job can ask for. A job that asks for the least that it needs can run wherever
 * that is. (Hyperion: HasWorkerLauncher, HasDB, HasProgramInfo, HasWorkers)
 */
import type { HasCodeNotes } from "@hyperion-ts/results";
import type { HasInputTally } from "./concurrent/input-tally.ts";
import type { ProgramInfo } from "./program-info.ts";
import type { RunEvents } from "@hyperion-ts/progress";
import type { TaskCall, TaskLauncher, TaskOptions } from "./dispatch/task-launcher.ts";

/** Which run this is, and where its database, logs and data are. (Hyperion: HasProgramInfo) */
export interface HasProgramInfo {
  /** This run's id, database and directories. */
  readonly programInfo: ProgramInfo;
}

/** Aborts when the job's result is no longer wanted. */
export interface HasSignal {
  /** Passed on to remote calls, and for the job's own waits. */
  readonly signal: AbortSignal;
}

/** How much time there is. */
export interface HasEndTime {
  /** When the batch system will end this program, in milliseconds since 1970, on the clock that this machine had at this program's start; null: it won't, or does not say. */
  readonly endTimeMs: number | null;
}

/** Where remote calls go, and what each of them may use. */
export interface HasLauncher {
  /** Finds a worker for a call. Replace it to send calls elsewhere. */
  readonly taskLauncher: TaskLauncher;
  /** How many CPUs each call has. 1 at the start; see `setTaskCpus`. */
  readonly taskCpus: number;
  /** What else each call may use; see `setTask`. */
  readonly taskOptions: TaskOptions;
}

/** Who hears of what happens. */
export interface HasEvents {
  /** The event stream of the run: `emit` tells all who listen. */
  readonly events: RunEvents;
}

/** A remote call as it is held where it fails for good. */
export interface HeldRequest {
  /** What it was made with. */
  readonly env: HasWorkers;
  /** The function. */
  readonly fn: TaskCall["fn"];
  /** Its input, as it is and encoded; undefined while it is not computed. */
  readonly input: () => { readonly value: unknown; readonly encoded: Uint8Array } | undefined;
}

/** Lets calls that fail for good wait for a person. */
export interface CallHolder {
  /** What the call gives in the end; `attempts` makes it, in as many attempts as it may have, with what a person has changed. */
  answer<A>(request: HeldRequest, attempts: (env: HasWorkers) => Promise<A>): Promise<A>;
}

/** Who holds remote calls with the setting `onFailure: "hold"`. */
export interface HasCallHolder {
  /** Absent where nobody could decide, as within a Slurm job that a program on a login node has submitted: calls are not held there. */
  readonly callHolder?: CallHolder | undefined;
}

/** What remote calls need. */
export type HasWorkers = HasLauncher & HasSignal & HasEvents & HasCodeNotes & HasInputTally & HasCallHolder;
