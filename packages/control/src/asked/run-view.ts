/** A run as one who asks sees it: the run itself, while it goes on, else what it has written down. */
import type { Hold, HoldChanges } from "@hyperion-ts/holds";
import type {
  CallList,
  CallReport,
  FailureReport,
  RunReport,
  StopAnswer,
  WorkerReport,
} from "../told/control-answers.ts";
import type { EndedCall, UsageReport } from "../told/cost-answers.ts";
import type { TextOptions } from "../told/status-text.ts";

/** A run that can be asked. What only a run that goes on can tell or do is a rejection `not-running` otherwise. */
export interface RunView {
  /** How far it is. */
  report(): Promise<RunReport>;
  /** The same as a screen of text. */
  text(options: TextOptions): Promise<string>;
  /** Its open calls, `most` at most. */
  calls(most: number): Promise<CallList>;
  /** The open call of that id. */
  call(id: string): Promise<CallReport>;
  /** The `most` calls that ran longest, of those that have ended, the longest first. */
  slowest(most: number): Promise<readonly EndedCall[]>;
  /** What failed last, the oldest first. */
  failures(): Promise<readonly FailureReport[]>;
  /** The workers that live. */
  workers(): Promise<readonly WorkerReport[]>;
  /** What its workers and nodes use now. */
  usage(): Promise<UsageReport>;
  /** Ends it in order; `jobs`: and cancels its Slurm jobs. Default: they go on. */
  stop(jobs?: boolean): Promise<StopAnswer>;
  /** Ends an open call; its caller gets an error. Resolves with the call as it was. */
  cancel(id: string): Promise<CallReport>;
  /** Failed calls that wait for a person, the oldest first; those that are being made again are among them. Out of their files where the run does not go on. */
  holds(): Promise<readonly Hold[]>;
  /** Makes a held call again; where the run does not go on, when it is run again. Resolves with the hold as it is then. */
  retryHold(id: string, changes: HoldChanges): Promise<Hold>;
  /** The same for all on which nobody has decided; with `like`, those that failed for the same reason as that hold. */
  retryHolds(changes: HoldChanges, like?: string): Promise<readonly Hold[]>;
  /** Gives a held call up: its caller gets the error, now or when the program is run again. */
  cancelHold(id: string): Promise<Hold>;
}
