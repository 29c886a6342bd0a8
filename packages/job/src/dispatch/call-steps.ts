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
import type { CallEvent, CallerWaits, CallState, EndingWhy, Instruction, TaskOutcome } from "./call-state.ts";

/** What follows from an event: the next state, and what is to be done, in order. */
export interface Step {
  /** The next one. */
  readonly state: CallState;
  /** Empty where nothing is to be done. */
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
      return NEW_ROW;
    case "waiting":
      return WAITING_ROWS[state.caller];
    case "starting":
      return STARTING_ROWS[state.caller];
    case "ready":
      return READY_ROWS[state.outcome];
    case "called":
      return CALLED_ROW;
    case "ahead":
      return AHEAD_ROW;
    case "running":
      return RUNNING_ROW;
    case "recalling":
      return RECALLING_ROW;
    case "ending":
      return ENDING_ROWS[state.why.kind];
    case "over":
      return OVER_ROW;
    default:
      return state satisfies never;
  }
}

const step = (state: CallState, ...instructions: readonly Instruction[]): Step => ({ state, instructions });
const waiting = (caller: CallerWaits): CallState => ({ kind: "waiting", caller });
const ready = (outcome: TaskOutcome): CallState => ({ kind: "ready", outcome });
const over = (outcome: TaskOutcome): CallState => ({ kind: "over", outcome });
const ending = (kind: "aborted" | "timed-out"): CallState => ({ kind: "ending", why: { kind } });

const ARRIVED: Readonly<Record<CallerWaits, Step>> = {
  "for-worker": step(ready("unused"), "hand-over"),
  "for-answer": step({ kind: "called" }, "send"),
};
const ELSEWHERE = step(waiting("for-answer"), "leave-worker", "join-line");
const ABANDONED = step(over("cancelled"), "fail-given-back", "abandon-worker");
const END_ABORTED = step(ending("aborted"), "end");
const END_TIMED_OUT = step(ending("timed-out"), "end");
const FAILED = step(ready("failed"), "fail");
const CANCELLED = step(ready("cancelled"), "fail-aborted");
const TIMED_OUT = step(ready("failed"), "fail-timed-out");
const OVER_MEMORY = step(ready("failed"), "fail-over-memory");

const waitingRow = (caller: CallerWaits): Row => ({
  leased: step({ kind: "starting", caller }),
  ready: ARRIVED[caller],
  refused: step(over("failed"), "fail"),
  aborted: step(over("cancelled"), "leave-line", "fail-aborted"),
  "given-back": step(over("cancelled"), "leave-line", "fail-given-back"),
});

const startingRow = (caller: CallerWaits): Row => ({
  ready: ARRIVED[caller],
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

const SENT_ROW: Row = {
  answered: step(ready("done"), "resolve"),
  failed: FAILED,
  lost: step(ready("lost"), "fail"),
  spared: ELSEWHERE,
  elsewhere: ELSEWHERE,
  "given-back": ABANDONED,
};

/** However its call ends, this is what its caller is told. */
const endedRow = (end: Step): Row => ({
  answered: end,
  failed: end,
  lost: end,
  spared: end,
  elsewhere: end,
  "given-back": ABANDONED,
});

const OVER_ROW: Row = {};
const NEW_ROW: Row = {
  launched: step(waiting("for-worker"), "join-line"),
  called: step(waiting("for-answer"), "join-line"),
  refused: step(over("failed"), "fail"),
  aborted: step(over("cancelled"), "fail-aborted"),
};

const CALLED_ROW: Row = {
  "sent-ahead": step({ kind: "ahead" }),
  begins: step({ kind: "running" }),
  elsewhere: ELSEWHERE,
  aborted: CANCELLED,
  "given-back": step(over("cancelled"), "fail-given-back", "leave-worker"),
};

const AHEAD_ROW: Row = {
  ...SENT_ROW,
  begins: step({ kind: "running" }),
  aborted: step({ kind: "recalling" }, "recall"),
};
const RUNNING_ROW: Row = { ...SENT_ROW, aborted: END_ABORTED, "timed-out": END_TIMED_OUT };
const RECALLING_ROW: Row = { ...endedRow(CANCELLED), kept: END_ABORTED };

const WAITING_ROWS = { "for-worker": waitingRow("for-worker"), "for-answer": waitingRow("for-answer") };
const STARTING_ROWS = { "for-worker": startingRow("for-worker"), "for-answer": startingRow("for-answer") };
const READY_ROWS = {
  done: readyRow("done"),
  failed: readyRow("failed"),
  lost: readyRow("lost"),
  cancelled: readyRow("cancelled"),
  unused: readyRow("unused"),
};
const ENDING_ROWS: Readonly<Record<EndingWhy["kind"], Row>> = {
  // One that had begun before it could be taken back is asked again when it is known to be the one that runs.
  aborted: { ...endedRow(CANCELLED), begins: END_ABORTED },
  // What was taken back had not begun: its time begins anew.
  "timed-out": { ...endedRow(TIMED_OUT), elsewhere: ELSEWHERE, aborted: END_ABORTED },
  // It may have been done before its worker could be ended.
  "over-memory": {
    ...SENT_ROW,
    lost: OVER_MEMORY,
    spared: OVER_MEMORY,
    aborted: END_ABORTED,
    "timed-out": END_TIMED_OUT,
  },
};
