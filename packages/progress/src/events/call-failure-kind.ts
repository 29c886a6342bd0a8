/** How a call failed for good, by one word. */
export type CallFailureKind =
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
  | "unknown-function"
  /** Its worker died, or its node was lost, under every attempt. */
  | "worker-died"
  /** No worker could be started for it. */
  | "not-started"
  /** No node is left. */
  | "no-node"
  /** Its run ended before it: nobody had waited for it. */
  | "run-ended"
  /** A person has ended it, from outside of its program. */
  | "cancelled"
  /** It held more memory than its share. */
  | "over-memory"
  /** It ran longer than its time limit. */
  | "timed-out";
