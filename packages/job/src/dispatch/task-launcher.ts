/** What a remote call asks of whoever finds workers for it. */
import type { CallableWorker, WorkerLauncher } from "@hyperion-ts/launcher";
import type { InputTally } from "../concurrent/input-tally.ts";

/** What each call may use, beside its CPUs; see task-settings.ts for the defaults. */
export interface TaskOptions {
  /** How many GPUs of its node. */
  readonly gpus?: number;
  /** How much memory of its node, in megabytes. */
  readonly memoryMb?: number;
  /** What happens when the call's worker holds more memory than `memoryMb`. */
  readonly memoryLimit?: "tell" | "end";
  /** Higher goes first. */
  readonly priority?: number;
  /** How long a call may run, in milliseconds; null: no limit. */
  readonly timeLimitMs?: number | null;
  /** How often a call is tried when its worker dies or its node is lost. */
  readonly attempts?: number;
  /** Whether the call's caller gets its error when it fails for good, or the call waits for a person. */
  readonly onFailure?: "reject" | "hold";
  /** Whether each call gets a worker of its own. */
  readonly freshWorker?: boolean;
  /** The only node that will do. */
  readonly node?: string;
}

/** Asks for a worker, for one call. */
export interface TaskRequest {
  /** How many CPUs of one node. */
  readonly cpus: number;
  /** What else the call may use. */
  readonly options: TaskOptions;
  /** Its abort gives up the wait, or the call. */
  readonly signal: AbortSignal;
  /** The function that is to be called: what is known of its run times decides whether calls are sent ahead. */
  readonly functionName?: string;
  /** Whether the worker may still be busy with a short call when it is handed out. Default true. */
  readonly ahead?: boolean;
  /** Whether the call has to be the first in its worker, so that none before it can harm it. Default false. */
  readonly first?: boolean;
  /** Whether it is not made again where it is lost: then it has failed. Default false. */
  readonly last?: boolean;
  /** Of another attempt than the first: its number, and what the one before it ended with. Default: it is the first. */
  readonly again?: { readonly attempt: number; readonly why: string };
  /** The group of inputs that the call is made for, if there is one: how many calls are to come. */
  readonly tally?: InputTally | undefined;
}

/** A call as it travels. */
export interface TaskCall {
  /** Which function, and the URL of the module that defines it. */
  readonly fn: { readonly name: string; readonly module: string };
  /** The encoded input. */
  readonly input: Uint8Array;
  /** 1 for the first. */
  readonly attempt: number;
}

/** A worker with the CPUs that were asked for; disposing of it gives them back. */
export interface TaskWorker extends CallableWorker, Disposable {
  /**
   * Makes a call, one at a time; resolves with what the function returned.
   *
   * @throws TaskError when the attempt failed; the signal's reason when it was aborted.
   */
  run(call: TaskCall): Promise<unknown>;
}

/** Who waits for what becomes of a call: exactly one of the two is told, once. */
export interface TaskCaller {
  /** What the function returned. */
  resolved(value: unknown): void;
  /** What `TaskLauncher.launch` and `TaskWorker.run` reject with. */
  rejected(error: unknown): void;
}

/**
 * Finds a worker for each request.
 *
 * @throws NeverFitsError when no node could ever serve the request; NodeError when the node that it names is not there;
 *   TaskError when its run is over or no node is left; the signal's reason. All as rejections.
 */
export interface TaskLauncher extends WorkerLauncher<TaskRequest, TaskWorker> {
  /**
   * Finds a worker, makes one call on it, and gives its CPUs back: what `launch`, `run` and the disposal do, without a promise
   * for each, as there are very many calls. The caller may be told before this returns. Where it is missing, these three are used.
   */
  evaluate?(request: TaskRequest, call: TaskCall, caller: TaskCaller): void;
}
