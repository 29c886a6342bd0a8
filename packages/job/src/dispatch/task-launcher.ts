/** What a remote call asks of whoever finds workers for it. */
import type { CallableWorker, WorkerLauncher } from "@hyperion-ts/launcher";
import type { InputTally } from "../concurrent/input-tally.ts";

/** What each call may use, beside its CPUs; see task-settings.ts for the defaults. */
export interface TaskOptions {
  readonly gpus?: number;
  readonly memoryMb?: number;
  /** What happens when the call's worker holds more memory than `memoryMb`. */
  readonly memoryLimit?: "tell" | "end";
  readonly priority?: number;
  readonly timeLimitMs?: number | null;
  readonly attempts?: number;
  readonly freshWorker?: boolean;
  /** The only node that will do. */
  readonly node?: string;
}

/** Asks for a worker with `cpus` CPUs, for one call. An abort of `signal` gives up the wait, or the call. */
export interface TaskRequest {
  readonly cpus: number;
  readonly options: TaskOptions;
  readonly signal: AbortSignal;
  /** The function that is to be called: what is known of its run times decides whether calls are sent ahead. */
  readonly functionName?: string;
  /** Whether the worker may still be busy with a short call when it is handed out. Default true. */
  readonly ahead?: boolean;
  /** Whether the call has to be the first in its worker, so that none before it can harm it. Default false. */
  readonly first?: boolean;
  /** Whether it is not made again where it is lost: then it has failed. Default false. */
  readonly last?: boolean;
  /** The group of inputs that the call is made for, if there is one: how many calls are to come. */
  readonly tally?: InputTally | undefined;
}

/** A call as it travels. */
export interface TaskCall {
  readonly fn: { readonly name: string; readonly module: string };
  /** The encoded input. */
  readonly input: Uint8Array;
  readonly attempt: number;
}

/**
 * A worker with the CPUs that were asked for; disposing of it gives them back. Its `run` resolves with the function's
 * result, and rejects with a `TaskError`, or with the signal's reason.
 */
export interface TaskWorker extends CallableWorker, Disposable {
  run(call: TaskCall): Promise<unknown>;
}

/** Finds a worker for each request. Throws a `NeverFitsError` where no node could ever serve it, or the signal's reason. */
export type TaskLauncher = WorkerLauncher<TaskRequest, TaskWorker>;
