/** A run as one who asks sees it: the run itself, while it goes on, else what it has written down. */
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
  /** Ends it in order. */
  stop(): Promise<StopAnswer>;
  /** Ends an open call; its caller gets an error. Resolves with the call as it was. */
  cancel(id: string): Promise<CallReport>;
}
