/**
 * How one attempt at a call ended, when it did not succeed. `remoteEval` makes a `CallError` of it, or tries
 * again. Loaded by workers too, with user code: only types are imported here.
 */
import type { WorkerDeath } from "@hyperion-ts/launcher";
import type { CallFailure } from "@hyperion-ts/wire";

/**
 * Why an attempt failed: `failed` in the function or at its schemas, so that another attempt would fare no better;
 * `lost` with its worker or node; `not-started` because no worker came up for it; `no-node` because all nodes are lost;
 * `over-memory` because it held more than its share, and was to end then; `run-ended` because its run was over; `timed-out` at its time limit;
 * `cancelled` because a person has ended it.
 */
export type TaskFailure =
  /** The function failed, or its schemas refused a value: another attempt would fare no better. */
  | { readonly kind: "failed"; readonly failure: CallFailure }
  /** The worker died, or its node was lost. */
  | { readonly kind: "lost"; readonly death: WorkerDeath }
  /** No worker came up for it. */
  | { readonly kind: "not-started" }
  /** All nodes are lost. */
  | { readonly kind: "no-node" }
  /** The run was over before the call. */
  | { readonly kind: "run-ended" }
  /** A person has ended it, from outside of its program. */
  | { readonly kind: "cancelled" }
  /** It held `usedMb` megabytes of memory, more than its share of `memoryMb`, and was to end then. */
  | { readonly kind: "over-memory"; readonly memoryMb: number; readonly usedMb: number }
  /** It ran longer than its limit, in milliseconds. */
  | { readonly kind: "timed-out"; readonly timeLimitMs: number };

/** Where the attempt was made; `node` is empty where it was not placed. */
export interface TaskPlace {
  /** The node's name. */
  readonly node: string;
  /** Ids of that node. */
  readonly cpuIds: readonly number[];
  /** The path of the worker's log file. */
  readonly logFile: string | null;
  /** How long the attempt took, in milliseconds. */
  readonly ranMs: number;
}

/** One attempt at a call has failed: what a `TaskWorker`'s `run` rejects with. `cause` is the function's own error, if it threw. */
export class TaskError extends Error {
  override readonly name = "TaskError";
  readonly code = "task-failed";
  /** How the attempt failed. */
  readonly failure: TaskFailure;
  /** Where it was made. */
  readonly place: TaskPlace;

  constructor(failure: TaskFailure, place: TaskPlace, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
    this.place = place;
  }

  /** Whether another attempt, elsewhere, may do better. */
  get retryable(): boolean {
    return this.failure.kind === "lost" || this.failure.kind === "not-started";
  }
}
