/**
 * One call from its launch until its CPUs are given back, as a table: in which state what happens, which state follows, and
 * what is to be done. It knows no worker, no pool and no clock: `Task` tells it events, and carries out what it says.
 *
 *     new ─► waiting ─► starting ─► ready ─► called ─► ahead ─► running ─► ready ─► over
 *              ▲ │                    ▲ │                │         │
 *              │ └── sent ahead ──────┘ └── given back   recalling ┴─► ending
 *              └──── elsewhere: no room here, taken back, or lost without blame
 *
 * All steps but one are made once, when this module is loaded: there are very many calls.
 */

/** lost: its worker died under it. unused: it was given back without a call. */
export type TaskOutcome = "done" | "failed" | "lost" | "cancelled" | "unused";

/** What its caller waits for while it is in line: the worker that it has asked for, or the answer of a call that it has made on one. */
export type CallerWaits = "for-worker" | "for-answer";

/** Why a call was asked to end before it was done. `usedMb` is what its worker held of memory. */
export type EndingWhy =
  | { readonly kind: "aborted" }
  | { readonly kind: "timed-out" }
  | { readonly kind: "over-memory"; readonly usedMb: number };

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
  /** Its caller calls. */
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

export type LineInstruction =
  /** Wait in the pool's line: in the old place, if there was one. */
  "join-line" | "leave-line";

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

export type Instruction =
  | LineInstruction
  | WorkerInstruction
  | FailInstruction
  /** The caller gets its worker. */
  | "hand-over"
  | "resolve";

/** What follows from an event: the next state, and what is to be done, in order. */
export interface Step {
  readonly state: CallState;
  readonly instructions: readonly Instruction[];
}

/** What follows from `event` in `state`. */
export function nextStep(state: CallState, event: CallEvent): Step {
  if (typeof event === "string") return rowOf(state)[event] ?? step(state);
  return state.kind === "running" ? step({ kind: "ending", why: event }, "stop") : step(state);
}

type Row = { readonly [Event in Extract<CallEvent, string>]?: Step };

function rowOf(state: CallState): Row {
  switch (state.kind) {
    case "new":
      return newRow;
    case "waiting":
      return waitingRows[state.caller];
    case "starting":
      return startingRows[state.caller];
    case "ready":
      return readyRows[state.outcome];
    case "called":
      return calledRow;
    case "ahead":
      return aheadRow;
    case "running":
      return runningRow;
    case "recalling":
      return recallingRow;
    case "ending":
      return endingRows[state.why.kind];
    case "over":
      return overRow;
    default:
      return state satisfies never;
  }
}

const step = (state: CallState, ...instructions: readonly Instruction[]): Step => ({ state, instructions });
const waiting = (caller: CallerWaits): CallState => ({ kind: "waiting", caller });
const ready = (outcome: TaskOutcome): CallState => ({ kind: "ready", outcome });
const over = (outcome: TaskOutcome): CallState => ({ kind: "over", outcome });
const ending = (kind: "aborted" | "timed-out"): CallState => ({ kind: "ending", why: { kind } });

const arrived: Readonly<Record<CallerWaits, Step>> = {
  "for-worker": step(ready("unused"), "hand-over"),
  "for-answer": step({ kind: "called" }, "send"),
};
const elsewhere = step(waiting("for-answer"), "leave-worker", "join-line");
const abandoned = step(over("cancelled"), "fail-given-back", "abandon-worker");
const endAborted = step(ending("aborted"), "end");
const endTimedOut = step(ending("timed-out"), "end");
const failed = step(ready("failed"), "fail");
const cancelled = step(ready("cancelled"), "fail-aborted");
const timedOut = step(ready("failed"), "fail-timed-out");
const overMemory = step(ready("failed"), "fail-over-memory");

const waitingRow = (caller: CallerWaits): Row => ({
  leased: step({ kind: "starting", caller }),
  ready: arrived[caller],
  refused: step(over("failed"), "fail"),
  aborted: step(over("cancelled"), "leave-line", "fail-aborted"),
  "given-back": step(over("cancelled"), "leave-line", "fail-given-back"),
});

const startingRow = (caller: CallerWaits): Row => ({
  ready: arrived[caller],
  "not-started": step(over("lost"), "fail", "leave-worker"),
  elsewhere: step(waiting(caller), "leave-worker", "join-line"),
  aborted: step(over("cancelled"), "fail-aborted", "leave-worker"),
  "given-back": step(over("cancelled"), "fail-given-back", "leave-worker"),
});

/** What its caller makes of an abort here shows when it calls. */
const readyRow = (outcome: TaskOutcome): Row => ({
  called: step({ kind: "called" }, "send"),
  "given-back": step(over(outcome), "leave-worker"),
});

const sentRow: Row = {
  answered: step(ready("done"), "resolve"),
  failed,
  lost: step(ready("lost"), "fail"),
  spared: elsewhere,
  elsewhere,
  "given-back": abandoned,
};

/** However its call ends, this is what its caller is told. */
const endedRow = (end: Step): Row => ({
  answered: end,
  failed: end,
  lost: end,
  spared: end,
  elsewhere: end,
  "given-back": abandoned,
});

const overRow: Row = {};
const newRow: Row = {
  launched: step(waiting("for-worker"), "join-line"),
  refused: step(over("failed"), "fail"),
  aborted: step(over("cancelled"), "fail-aborted"),
};

const calledRow: Row = {
  "sent-ahead": step({ kind: "ahead" }),
  begins: step({ kind: "running" }),
  elsewhere,
  aborted: cancelled,
  "given-back": step(over("cancelled"), "fail-given-back", "leave-worker"),
};

const aheadRow: Row = { ...sentRow, begins: step({ kind: "running" }), aborted: step({ kind: "recalling" }, "recall") };
const runningRow: Row = { ...sentRow, aborted: endAborted, "timed-out": endTimedOut };
const recallingRow: Row = { ...endedRow(cancelled), kept: endAborted };

const waitingRows = { "for-worker": waitingRow("for-worker"), "for-answer": waitingRow("for-answer") };
const startingRows = { "for-worker": startingRow("for-worker"), "for-answer": startingRow("for-answer") };
const readyRows = {
  done: readyRow("done"),
  failed: readyRow("failed"),
  lost: readyRow("lost"),
  cancelled: readyRow("cancelled"),
  unused: readyRow("unused"),
};
const endingRows: Readonly<Record<EndingWhy["kind"], Row>> = {
  // One that had begun before it could be taken back is asked again when it is known to be the one that runs.
  aborted: { ...endedRow(cancelled), begins: endAborted },
  // What was taken back had not begun: its time begins anew.
  "timed-out": { ...endedRow(timedOut), elsewhere, aborted: endAborted },
  // It may have been done before its worker could be ended.
  "over-memory": { ...sentRow, lost: overMemory, spared: overMemory, aborted: endAborted, "timed-out": endTimedOut },
};
