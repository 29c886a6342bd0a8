/** Each state of a call with each event: what follows. No process runs, and no clock. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallEvent, CallState, Instruction } from "../../src/dispatch/call-state.ts";
import { nextStep } from "../../src/dispatch/call-steps.ts";

const OVER_MEMORY = { kind: "over-memory", usedMb: 900 } as const;

const EVENTS: readonly CallEvent[] = [
  "launched",
  "refused",
  "leased",
  "ready",
  "not-started",
  "called",
  "sent-ahead",
  "begins",
  "kept",
  "elsewhere",
  "answered",
  "failed",
  "spared",
  "lost",
  "aborted",
  "timed-out",
  OVER_MEMORY,
  "given-back",
];

/** A state in few words: "waiting for-worker", "ready done", "ending over-memory 900". */
function named(state: CallState): string {
  switch (state.kind) {
    case "waiting":
    case "starting":
      return `${state.kind} ${state.caller}`;
    case "ready":
    case "over":
      return `${state.kind} ${state.outcome}`;
    case "ending":
      return `ending ${Object.values(state.why).join(" ")}`;
    default:
      return state.kind;
  }
}

/** What follows, in few words: the next state, and what is to be done. */
function follows(state: CallState, event: CallEvent): string {
  const step = nextStep(state, event);
  return [named(step.state), ...step.instructions].join(", ");
}

const eventName = (event: CallEvent): string => (typeof event === "string" ? event : event.kind);

const ARRIVAL = { "for-worker": "ready unused, hand-over", "for-answer": "called, send" } as const;
const AGAIN = "waiting for-answer, leave-worker, join-line";
const ABANDONED = "over cancelled, fail-given-back, abandon-worker";
const SENT = {
  answered: "ready done, resolve",
  failed: "ready failed, fail",
  lost: "ready lost, fail",
  spared: AGAIN,
  elsewhere: AGAIN,
  "given-back": ABANDONED,
};
/** However its call ends. */
const endsAs = (end: string): Record<string, string> => ({
  answered: end,
  failed: end,
  lost: end,
  spared: end,
  elsewhere: end,
  "given-back": ABANDONED,
});

/** For each state what follows from the events that concern it; all others leave it as it is, and ask for nothing. */
const TABLE: readonly (readonly [CallState, Readonly<Record<string, string>>])[] = [
  [
    { kind: "new" },
    {
      launched: "waiting for-worker, join-line",
      called: "waiting for-answer, join-line",
      refused: "over failed, fail",
      aborted: "over cancelled, fail-aborted",
    },
  ],
  ...(["for-worker", "for-answer"] as const).flatMap((caller): typeof TABLE => [
    [
      { kind: "waiting", caller },
      {
        leased: `starting ${caller}`,
        ready: ARRIVAL[caller],
        refused: "over failed, fail",
        aborted: "over cancelled, leave-line, fail-aborted",
        "given-back": "over cancelled, leave-line, fail-given-back",
      },
    ],
    [
      { kind: "starting", caller },
      {
        ready: ARRIVAL[caller],
        "not-started": "over lost, fail, leave-worker",
        elsewhere: `waiting ${caller}, leave-worker, join-line`,
        aborted: "over cancelled, fail-aborted, leave-worker",
        "given-back": "over cancelled, fail-given-back, leave-worker",
      },
    ],
  ]),
  ...(["done", "failed", "lost", "cancelled", "unused"] as const).flatMap((outcome): typeof TABLE => [
    [
      { kind: "ready", outcome },
      { called: "called, send", "given-back": `over ${outcome}, leave-worker` },
    ],
    [{ kind: "over", outcome }, {}],
  ]),
  [
    { kind: "called" },
    {
      "sent-ahead": "ahead",
      begins: "running",
      elsewhere: AGAIN,
      aborted: "ready cancelled, fail-aborted",
      "given-back": "over cancelled, fail-given-back, leave-worker",
    },
  ],
  [{ kind: "ahead" }, { ...SENT, begins: "running", aborted: "recalling, recall" }],
  [
    { kind: "running" },
    {
      ...SENT,
      aborted: "ending aborted, end",
      "timed-out": "ending timed-out, end",
      "over-memory": "ending over-memory 900, stop",
    },
  ],
  [{ kind: "recalling" }, { ...endsAs("ready cancelled, fail-aborted"), kept: "ending aborted, end" }],
  [
    { kind: "ending", why: { kind: "aborted" } },
    { ...endsAs("ready cancelled, fail-aborted"), begins: "ending aborted, end" },
  ],
  [
    { kind: "ending", why: { kind: "timed-out" } },
    { ...endsAs("ready failed, fail-timed-out"), elsewhere: AGAIN, aborted: "ending aborted, end" },
  ],
  [
    { kind: "ending", why: OVER_MEMORY },
    {
      ...SENT,
      lost: "ready failed, fail-over-memory",
      spared: "ready failed, fail-over-memory",
      aborted: "ending aborted, end",
      "timed-out": "ending timed-out, end",
    },
  ],
];

describe.each(TABLE.map(([state, row]) => ({ name: named(state), state, row })))(
  "a call that is: $name",
  ({ state, row }) => {
    test.each(EVENTS.map((event) => ({ name: eventName(event), event })))("and hears: $name", ({ name, event }) => {
      expect(follows(state, event)).toBe(row[name] ?? named(state));
    });

    test("hears of nothing that is not in the list of events", () => {
      expect(Object.keys(row).filter((name) => !EVENTS.some((event) => eventName(event) === name))).toEqual([]);
    });
  },
);

/** What an instruction does to whoever the call is with: to its caller, to the line, and to a worker. */
class Witness {
  #waitsFor: "nothing" | "something" = "something";
  #inLine = false;
  #withWorker = false;

  /** What becomes of a call in this state; the same where the event can't happen there. */
  follow(before: CallState, event: CallEvent): CallState {
    if (!this.#allows(event, before)) return before;
    const { state, instructions } = nextStep(before, event);
    if (state !== before) this.#heard(event);
    for (const instruction of instructions) this.#saw(instruction);
    return state;
  }

  #heard(event: CallEvent): void {
    if (event === "called") this.#waitsFor = "something";
    if (event === "leased" || event === "ready") [this.#inLine, this.#withWorker] = [false, true];
    if (event === "refused") this.#inLine = false;
  }

  #saw(instruction: Instruction): void {
    switch (instruction) {
      case "join-line":
        expect(this.#inLine || this.#withWorker).toBe(false);
        this.#inLine = true;
        return;
      case "leave-line":
        expect(this.#inLine).toBe(true);
        this.#inLine = false;
        return;
      case "leave-worker":
      case "abandon-worker":
        expect(this.#withWorker).toBe(true);
        this.#withWorker = false;
        return;
      case "send":
      case "recall":
      case "end":
      case "stop":
        expect(this.#withWorker).toBe(true);
        return;
      case "fail-given-back":
        // There may be nobody who waits.
        this.#waitsFor = "nothing";
        return;
      default:
        expect(this.#waitsFor).toBe("something");
        this.#waitsFor = "nothing";
    }
  }

  get left(): unknown {
    return { waitsFor: this.#waitsFor, inLine: this.#inLine, withWorker: this.#withWorker };
  }

  /** Whether this can happen now: callers make one call at a time, and on a worker that they have. */
  #allows(event: CallEvent, state: CallState): boolean {
    if (event === "called") return state.kind === "ready" && this.#waitsFor === "nothing";
    if (event === "given-back") return state.kind !== "new";
    return (event !== "leased" && event !== "ready") || state.kind === "waiting" || state.kind === "starting";
  }
}

test("in any order of events, its caller is told of each end once, it is in one place at a time, and leaves nothing behind", () => {
  const order = fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 });
  fc.assert(
    fc.property(order, (happens) => {
      const witness = new Witness();
      const told: readonly CallEvent[] = ["launched", ...happens, "given-back"];
      const end = told.reduce<CallState>((state, event) => witness.follow(state, event), { kind: "new" });
      expect(end.kind).toBe("over");
      expect(witness.left).toEqual({ waitsFor: "nothing", inLine: false, withWorker: false });
    }),
    { numRuns: 3_000 },
  );
});
