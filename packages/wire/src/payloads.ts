/** What data frames carry beside the inputs and outputs of calls: each interface is the payload of one kind of frame (frame.ts). */
import type { ErrorData } from "./error-data.ts";

/** A process's end: its exit code, or the signal that killed it. */
export interface ProcessExit {
  /** Null where a signal has ended it. */
  readonly code: number | null;
  /** The signal's name, e.g. `"SIGKILL"`; null where it ended by itself. */
  readonly signal: string | null;
}

/** What an agent tells of a worker that is gone, with everything that it had started; the payload of an `exited` frame. */
export interface WorkerExited {
  /** How its process ended. */
  readonly exit: ProcessExit;
  /** How many of the calls that were sent to it were not begun (the last ones). */
  readonly unbegun: number;
  /** How many calls it began in its life. The head can't know that from `unbegun` while calls are still on their way to the agent. */
  readonly begun: number;
  /** The last lines that it printed. */
  readonly lastOutput: string;
  /** Why its agent has ended it, where it did so by itself. */
  readonly complaint?: string | undefined;
  /** Which memory was used up, where the kernel has killed it for that. */
  readonly outOfMemory?: string | undefined;
  /** Which limit of the node kept it from coming up, where it never said that it is ready. */
  readonly limit?: string | undefined;
}

/** Why a call failed in its worker: the encoded payload of a `failure` frame. Another worker would fare no better. */
export interface CallFailure {
  /** How the call failed, by one word. */
  readonly kind:
    /** The function threw or rejected. */
    | "threw"
    /** An error that nobody caught while it ran, e.g. in a callback. */
    | "uncaught"
    /** The input schema refuses the input. */
    | "invalid-input"
    /** The output schema refuses what the function returned. */
    | "invalid-output"
    /** The output holds something that can't travel. */
    | "unsendable-output"
    /** The output arrived, but was too large or could not be read. */
    | "unreadable-output"
    /** The function's module could not be imported. */
    | "module-failed"
    /** The function's files were changed since the program began, and its worker can't run them as they were. */
    | "code-changed"
    /** The module was imported, and does not define the function. */
    | "unknown-function";
  /** What was thrown, or what says why. */
  readonly error: ErrorData;
}

/** The encoded payload of a `code` frame, whose id is a function's index: what its worker has asked for. */
export interface KeptCode {
  /** The hash of all code that the function's run could reach when the program began; null: not known. */
  readonly hash: string | null;
  /** Those of the files asked for that the head still has. `at`: the place in the function's list; `format`: as Node's hooks name it. */
  readonly sources: readonly { readonly at: number; readonly format: string; readonly bytes: Uint8Array }[];
}
