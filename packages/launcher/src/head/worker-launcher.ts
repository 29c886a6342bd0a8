/**
 * What a launcher is: from a wish for a worker to a worker that takes calls.
 * (Hyperion's WorkerLauncher, with one verb; policies such as time-outs wrap it.)
 */
import type { AnyRemoteFunction, RemoteInput, RemoteOutput } from "@hyperion-ts/remote";
import type { CallFailure } from "@hyperion-ts/wire";
import type { ServiceId } from "@hyperion-ts/wire";
import type { WorkerDeath } from "./worker-died-error.ts";

/** A `Worker` for each `Request`. */
export interface WorkerLauncher<Request = LaunchRequest, Worker extends CallableWorker = LaunchedWorker> {
  /**
   * Starts a worker. Resolves when it takes calls.
   *
   * @throws LaunchError when the worker does not come up; TypeError or RangeError, which name the option, for a wrong request
   */
  launch(request: Request): Promise<Worker>;
}

/** What all workers have in common: they are on a node, and can be called. */
export interface CallableWorker {
  /** The node's name in messages and results. */
  readonly node: string;
  /** The CPUs of its calls, where ids are known. */
  readonly cpuIds: readonly number[];
  /**
   * Calls a function and waits for its result.
   *
   * @throws what the function threw; WorkerDiedError when the worker died
   */
  call<F extends AnyRemoteFunction>(fn: F, input: RemoteInput<F>): Promise<RemoteOutput<F>>;
}

/** Which CPUs, GPUs and memory a worker has. */
export interface LaunchRequest {
  /** How many CPUs its calls have, 1 at least. Default 1. */
  readonly cpuCount?: number;
  /** The ids of these CPUs, where they are known. */
  readonly cpuIds?: readonly number[];
  /** Whether to pin the worker to `cpuIds`. Default false. */
  readonly pin?: boolean;
  /** What the worker is pinned to, where that is more than `cpuIds`: such as all threads of its cores. */
  readonly pinTo?: readonly number[];
  /** Names of its GPUs, as CUDA_VISIBLE_DEVICES takes them. Default: not said, and the variables of its agent stay. */
  readonly gpuIds?: readonly string[];
  /** The worker's share of memory, in megabytes: bounds its heap. Default: no bound of ours. */
  readonly memoryMb?: number;
  /** Hears that the worker holds more memory than its share, in megabytes, and again when that has grown. */
  readonly overMemory?: (usedMb: number) => void;
  /** Idle workers to end first, because their CPUs go to this one. */
  readonly retire?: readonly LaunchedWorker[];
}

/** A worker process that takes calls, one after another. Disposing of it ends it. */
export interface LaunchedWorker extends CallableWorker, AsyncDisposable {
  /** Its id, unique in all runs. */
  readonly serviceId: ServiceId;
  /** The id of the process on its node; -1 until it is known. */
  readonly pid: number;
  /** The path of its log file, on its node. */
  readonly logFile: string;
  /** Bytes of input that can be sent at once, without waiting for the worker to read. */
  readonly credit: number;
  /** Resolves when the process is gone; never rejects. */
  readonly gone: Promise<WorkerDeath>;
  /** Whether it is gone, or has said that it will end: it begins no call any more. */
  readonly ending: boolean;
  /** Whether its calls of this function still wait for it to import the module. */
  loads(functionName: string): boolean;
  /** Sends a call that is already encoded; its end is told to it. Calls run one at a time, in order. */
  submit(call: Call): void;
  /** Asks the call to end early: aborts its signal. A call that has not begun is not touched. */
  abort(call: Call, reason: unknown): void;
  /** Takes back the calls that have not begun: each of them hears `returned`, in order. */
  recall(): Promise<void>;
  /** Sends SIGTERM, and SIGKILL after `graceMs` milliseconds: 0 or more, but not Infinity. Resolves when the worker is gone. */
  stop(graceMs: number): Promise<void>;
}

/**
 * What a call had to do with the end of its worker. `running`: it ran, and nothing says that it was another one's fault. `struck`:
 * it ran, and an earlier call of this worker, or our own code in it, is to blame. `next`: it was the first in line of those
 * that had not begun; `behind`: it stood further behind, or had ended and only its answer is lost.
 */
export type LostAs = "running" | "struck" | "next" | "behind";

/** A call on its way: what is sent, and who hears of its end. Exactly one of the methods is called, once. */
export interface Call {
  /** The name of the function, and the URL of the module that defines it. */
  readonly fn: { readonly name: string; readonly module: string };
  /** The encoded input. */
  readonly input: Uint8Array;
  /** Which attempt this is, from 1 on. */
  readonly attempt: number;
  /** `runMs` is the time that the function took, in milliseconds. */
  succeeded(value: unknown, runMs: number): void;
  /** The function failed, and would fail again. */
  failed(failure: CallFailure, runMs: number): void;
  /** The worker is gone, or its node. */
  lost(death: WorkerDeath, as: LostAs): void;
  /** The call was taken back before it began. */
  returned(): void;
}
