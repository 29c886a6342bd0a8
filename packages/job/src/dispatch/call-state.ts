/** The words of a call's life, from its launch until its CPUs are given back: its states, what can happen to it, and what is done then. */

/** How a task ended. lost: its worker died under it. unused: it was given back without a call. */
export type TaskOutcome = "done" | "failed" | "lost" | "cancelled" | "unused";

/** What its caller waits for while it is in line: the worker that it has asked for, or the answer of a call. */
export type CallerWaits = "for-worker" | "for-answer";

/** Why a call was asked to end before it was done. `usedMb` is what its worker held of memory. */
export type EndingWhy =
  | { readonly kind: "aborted" }
  | { readonly kind: "timed-out" }
  | { readonly kind: "over-memory"; readonly usedMb: number };

/** Where a call stands. */
export type CallState =
  /** Nobody knows of it yet. */
  | { readonly kind: "new" }
  /** Nothing is promised: in the pool's line, or beside it while no node could serve it or nothing may begin. */
  | { readonly kind: "waiting"; readonly caller: CallerWaits }
  /** It has its CPUs; the worker on them is being started. */
  | { readonly kind: "starting"; readonly caller: CallerWaits }
  /** It has a worker, on which nothing of it goes on: no call was made yet, or the last one has ended, with `outcome`. */
  | { readonly kind: "ready"; readonly outcome: TaskOutcome }
  /** A call was made on its worker, and is not sent: its input is large, so the worker has to be free first. */
  | { readonly kind: "called" }
  /** Sent behind others that its worker has not answered. */
  | { readonly kind: "ahead" }
  /** Sent, and all before it are answered. */
  | { readonly kind: "running" }
  /** Aborted behind others: it ends where it can be taken back, and is asked to end where it has begun meanwhile. */
  | { readonly kind: "recalling" }
  /** Asked to end; its worker is ended where it does not. */
  | { readonly kind: "ending"; readonly why: EndingWhy }
  /** Its CPUs are given back. */
  | { readonly kind: "over"; readonly outcome: TaskOutcome };

/** What can happen to a call. Where an event does not concern a state, nothing follows. */
export type CallEvent =
  /** It is to wait for a worker. */
  | "launched"
  /** No node could ever serve it, or the run is over. */
  | "refused"
  /** It has CPUs, without a worker yet. */
  | "leased"
  /** It has a worker that takes calls. */
  | "ready"
  /** No worker starts with what it asks for. */
  | "not-started"
  /** Its caller calls: on the worker that it has got, or on the one that it is to get. */
  | "called"
  /** Its call was sent behind others. */
  | "sent-ahead"
  /** All calls before it are answered. */
  | "begins"
  /** A recall has not brought it back: it has begun. */
  | "kept"
  /** It has not begun here, and is to be made somewhere else, as the same attempt. */
  | "elsewhere"
  | "answered"
  /** The function failed. */
  | "failed"
  /** Its worker died, for which it is not to blame: the same attempt is made again. */
  | "spared"
  /** Its worker died, and this attempt with it. */
  | "lost"
  | "aborted"
  /** It has run as long as it may. */
  | "timed-out"
  /** Its worker holds more memory than its share, and is to be ended for that. */
  | { readonly kind: "over-memory"; readonly usedMb: number }
  /** Its caller gives the CPUs back. */
  | "given-back";

/** What its line has to do. */
export type LineInstruction =
  /** Wait in the pool's line: in the old place, if there was one. */
  "join-line" | "leave-line";

/** What the worker that has it has to do. */
export type WorkerInstruction =
  | "send"
  /** Take back what the worker has not begun. */
  | "recall"
  /** Tell the function to end, and see to it that it does. */
  | "end"
  /** End the worker at once. */
  | "stop"
  | "leave-worker"
  /** Leave a worker that still has the call: it can't be used by others. */
  | "abandon-worker";

/** Reject what the caller waits for. */
export type FailInstruction =
  /** With the error that the event has brought. */
  "fail" | "fail-aborted" | "fail-timed-out" | "fail-over-memory" | "fail-given-back";

/** What has to be done for a call. */
export type Instruction =
  | LineInstruction
  | WorkerInstruction
  | FailInstruction
  /** The caller gets its worker. */
  | "hand-over"
  | "resolve";
