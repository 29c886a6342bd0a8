/** A run as one who asks sees it: the run itself, while it goes on, else what it has written down. */
import type {
  CallList,
  CallReport,
  FailureReport,
  RunReport,
  StopAnswer,
  WorkerReport,
} from "../told/control-answers.ts";
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
  /** What failed last, the oldest first. */
  failures(): Promise<readonly FailureReport[]>;
  /** The workers that live. */
  workers(): Promise<readonly WorkerReport[]>;
  /** Ends it in order; `jobs`: and cancels its Slurm jobs. Default: they go on. */
  stop(jobs?: boolean): Promise<StopAnswer>;
  /** Ends an open call; its caller gets an error. Resolves with the call as it was. */
  cancel(id: string): Promise<CallReport>;
}
