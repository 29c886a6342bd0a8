/**
 * Everything that happens in a run, as data. The log file, the progress display and whoever subscribes read this
 * one stream: state changes, failures, and counts once a second. Single calls are in it only where somebody asked
 * for them (`trace`), because there may be hundreds of thousands of them a second.
 */
import type { CallFailureKind } from "./call-failure-kind.ts";
import type { CallWaitReason } from "./call-wait.ts";
import type { SlurmJobNews } from "./slurm-job.ts";

/** How many calls of one function there are in each state. */
export interface FunctionCounts {
  /** The function's name, as `defineRemote` was given it. */
  readonly name: string;
  /** Wanted, but not begun: no CPUs are free, a worker starts, or they were sent ahead. */
  readonly waiting: number;
  /** Their worker imports the module that defines the function. */
  readonly loading: number;
  /** Begun, and not ended. */
  readonly running: number;
  /** Answered with a result. */
  readonly done: number;
  /** Failed for good. */
  readonly failed: number;
  /** Ended because their caller no longer wanted them, or never made because its group ended first. */
  readonly cancelled: number;
  /** Run again after their worker died. */
  readonly retried: number;
  /** Not wanted yet, but expected: one for each input that a group (`mapConcurrently`, `forConcurrently_`, ...) has left. null: there will be more, and nobody knows how many. */
  readonly toCome: number | null;
}

/** One thing that happened: the node, the worker or the call that changed its state, and what is known of it then. */
export type RunEvent =
  /** The first event: the run's id, and the paths of its results database and its log directory. */
  | { readonly type: "run-started"; readonly programId: string; readonly database: string; readonly logDir: string }
  /** So many nodes are being connected to: each of them will be ready, or left out. */
  | { readonly type: "nodes-connecting"; readonly nodes: number }
  /** A node takes calls: so many CPUs of it are used, and its workers are `pinned` to them or not. `note`: what a person should know of that; null: nothing. */
  | {
      readonly type: "node-ready";
      readonly node: string;
      readonly cpus: number;
      readonly pinned: boolean;
      readonly note: string | null;
    }
  /** The node could not be reached, or can't load what other nodes can. */
  | { readonly type: "node-left-out"; readonly node: string; readonly reason: string }
  /** A node that took calls takes none any more: its calls run elsewhere. */
  | { readonly type: "node-lost"; readonly node: string; readonly reason: string }
  /** A worker process runs. `cpuIds`: ids of its node; `logFile`: the path of what it prints. */
  | {
      readonly type: "worker-started";
      readonly node: string;
      readonly serviceId: string;
      readonly pid: number;
      readonly cpuIds: readonly number[];
      readonly logFile: string;
    }
  /** `blame`: which call had been answered before, and what it had left behind that ended the worker. */
  | {
      readonly type: "worker-ended";
      readonly node: string;
      readonly serviceId: string;
      readonly how: string;
      readonly blame?: string;
    }
  /** A limit of the node is reached: it runs so many workers and no more. */
  | { readonly type: "node-limited"; readonly node: string; readonly workers: number; readonly reason: string }
  /** No worker process came up on CPUs of the node. */
  | { readonly type: "worker-not-started"; readonly node: string; readonly reason: string }
  /** A call failed for good; its caller gets the error. */
  | {
      readonly type: "call-failed";
      readonly functionName: string;
      readonly node: string;
      readonly attempt: number;
      readonly reason: CallFailureKind;
      readonly message: string;
    }
  /** A remote call has failed for good, and waits for a person in place of failing: `hold` is the id of its hold, `sentence` what happened. */
  | {
      readonly type: "call-held";
      readonly hold: string;
      readonly functionName: string;
      readonly sentence: string;
    }
  /** A call is held no longer: it is made again, its caller gets the error (`call-failed` says so), or nobody waits for it any more. */
  | { readonly type: "call-released"; readonly hold: string; readonly functionName: string; readonly retried: boolean }
  /** The worker of a call holds more memory than `setTaskMemory` has reserved for it, in megabytes; `ends`: the call is ended for that. Once for each attempt. */
  | {
      readonly type: "call-over-memory";
      readonly functionName: string;
      readonly node: string;
      readonly attempt: number;
      readonly usedMb: number;
      readonly memoryMb: number;
      readonly ends: boolean;
    }
  /** A call runs again, because its worker died or its node was lost. */
  | {
      readonly type: "call-retried";
      readonly functionName: string;
      readonly node: string;
      readonly attempt: number;
      readonly why: string;
    }
  /**
   * Once a second while something changes, and at the end. `remembered` counts results found in the database, `removed` those
   * that `forget` took out of it; `waitingFor` is what the first of the waiting calls waits for.
   */
  | {
      readonly type: "counts";
      readonly functions: readonly FunctionCounts[];
      readonly remembered: number;
      readonly removed: number;
      readonly waitingFor: CallWaitReason | null;
    }
  /** Only with `trace`: one call has ended. Times in milliseconds. */
  | {
      readonly type: "call-ended";
      readonly functionName: string;
      readonly node: string;
      readonly attempt: number;
      readonly outcome: "done" | "failed" | "lost";
      readonly runMs: number;
    }
  /**
   * Remembered results of a map that the job looks up were computed by other code of these functions than today's, the last
   * of them by a program that was started at `startedAt` (ISO 8601; null: not known). Once for each map.
   */
  | {
      readonly type: "other-code";
      readonly map: string;
      readonly results: number;
      readonly functions: readonly string[];
      readonly programId: string;
      readonly startedAt: string | null;
    }
  /**
   * Files of the program were changed while it runs (`changedAt`: ISO 8601, by the file server's clock; null: removed), and workers that
   * started after that, `workers` by now, run the code with which it began. Once for each file.
   */
  | {
      readonly type: "old-code";
      readonly files: readonly { readonly path: string; readonly changedAt: string | null }[];
      readonly workers: number;
    }
  /** The Slurm job of a call has another state, or other counts; those change every few seconds. With all that is known of it. */
  | ({ readonly type: "slurm-job" } & SlurmJobNews)
  /** What a person may want to know of Slurm beside the state of a job. */
  | { readonly type: "slurm-notice"; readonly kind: SlurmNoticeKind; readonly message: string }
  /** Slurm gives no answer: what is known of its jobs grows old. */
  | { readonly type: "slurm-silent"; readonly message: string }
  /** Slurm answers again, after so long, in milliseconds. */
  | { readonly type: "slurm-answers"; readonly afterMs: number }
  /** The program waits for a key that a person presses on its terminal: `text` says which ones there are. null: it waits no longer. */
  | { readonly type: "question"; readonly text: string | null }
  /** A line that the job logged. */
  | { readonly type: "log"; readonly message: string }
  /** Running calls may go on for so long, in milliseconds. */
  | { readonly type: "run-interrupted"; readonly signal: string; readonly graceMs: number }
  /** The last event, after so many seconds. `message`: what ended a run that failed or was interrupted; null: nothing to say. */
  | {
      readonly type: "run-ended";
      readonly outcome: "done" | "failed" | "interrupted";
      readonly seconds: number;
      readonly message: string | null;
    };

/**
 * What a notice is of: a submission; how heads are connected with; a job that the program calls no longer; one that could not be cancelled; a node that is left
 * out; jobs that are submitted no more; a call that an earlier run held.
 */
export type SlurmNoticeKind =
  | "submission"
  | "not-called"
  | "not-cancelled"
  | "node"
  | "stopped"
  | "head"
  | "files"
  | "link"
  | "folder"
  | "hold"
  | "older-code";

/** An event and when it happened. */
export interface StampedEvent {
  /** By this machine's clock. */
  readonly at: Date;
  /** What happened. */
  readonly event: RunEvent;
}
