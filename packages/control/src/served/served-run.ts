/** What a run has to offer so that it can be asked. */
import type { HoldDesk } from "@hyperion-ts/holds";
import type { RunEvents, StampedEvent } from "@hyperion-ts/progress";
import type { Answer, Question } from "../asked/ask-socket.ts";
import type { CallList, CallReport, MapReport, StopAnswer } from "../told/control-answers.ts";
import type { EndedCall, NodeUsage, UsageReport, WorkerUsage } from "../told/cost-answers.ts";

/** The calls of a run that are open. Looked at only while somebody asks. */
export interface OpenCalls {
  /** The first `most` of them, and how many there are. */
  list(most: number): CallList;
  /** The call of that id; undefined where none is open. */
  find(id: string): CallReport | undefined;
  /** Ends the call of that id; its caller gets an error. False: none is open. */
  cancel(id: string): boolean;
  /** The `most` that ran longest of those that have ended, the longest first. Absent where they are not kept. */
  slowest?(most: number): readonly EndedCall[];
  /** Asks the nodes on which calls run what they and their workers use. Never rejects. Absent where there are no workers. */
  measure?(): Promise<MeasuredNodes>;
}

/** A worker as its node measures it: who it is, the run's record knows. */
export type MeasuredWorker = Omit<WorkerUsage, "id" | "cpuIds">;

/** A node as it measures itself. */
export interface MeasuredNode extends Omit<NodeUsage, "workers"> {
  /** The workers that live there. */
  readonly workers: readonly MeasuredWorker[];
}

/** What the nodes of a run measure when somebody asks. */
export interface MeasuredNodes extends Omit<UsageReport, "nodes"> {
  /** Those that have answered. */
  readonly nodes: readonly MeasuredNode[];
}

/** A run that answers. */
export interface ServedRun {
  /** Names it. */
  readonly id: string;
  /** The file of its results database. */
  readonly database: string;
  /** The directory of its log files, which is there. */
  readonly logDir: string;
  /** What was told since it began. */
  readonly past: readonly StampedEvent[];
  /** What is told from now on. */
  readonly events: RunEvents;
  /** Undefined where it has none that can be listed, as before it has begun. */
  readonly calls: () => OpenCalls | undefined;
  /** The calls that wait for a person. Absent, or undefined: there are none. */
  readonly holds?: () => HoldDesk | undefined;
  /** Asks the head of one of its Slurm jobs, by the id of the job or of its call; undefined where it has no link to one. Absent: it has no Slurm jobs. */
  readonly askJob?: (id: string, question: Question) => Promise<Answer> | undefined;
  /** Tells now, as events, how many calls there are: else it does once a second. */
  readonly tellCounts: () => void;
  /** What it has stored, by map. */
  readonly maps: () => readonly MapReport[];
  /** Ends it in order, as SIGTERM does; `jobs`: and cancels its Slurm jobs. */
  readonly stop: (jobs: boolean) => StopAnswer;
}
