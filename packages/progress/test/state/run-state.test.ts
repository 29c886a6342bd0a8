import { describe, expect, test } from "vitest";
import type { RunEvent, StampedEvent } from "../../src/events/run-event.ts";
import { isShutdown, nextRunState, NO_RUN } from "../../src/state/run-state.ts";
import {
  after,
  at,
  callFailed,
  callRetried,
  counts,
  ended,
  INTERRUPTED,
  nodeLost,
  nodeReady,
  STARTED,
  startMs,
} from "../story.ts";

describe("the state of a run, from its events", () => {
  test("knows the run and when it started", () => {
    expect(after(at(0, STARTED))).toMatchObject({
      programId: "q7RkW",
      logDir: "out/logs/2026-11/q7RkW",
      startedAtMs: startMs,
      phase: { kind: "running" },
    });
  });

  test("knows the CPUs of the nodes that are left", () => {
    const state = after(at(0, STARTED), at(1, nodeReady("n1", 4)), at(1, nodeReady("n2", 8)), at(9, nodeLost("n1")));
    expect([...state.nodes]).toEqual([["n2", 8]]);
    expect(state.nodesLost).toBe(1);
  });

  test("does not count nodes as lost that end with the run", () => {
    expect(after(at(0, STARTED), at(1, nodeReady("n1", 4)), at(5, INTERRUPTED), at(6, nodeLost("n1"))).nodesLost).toBe(
      0,
    );
    expect(after(at(0, STARTED), at(1, nodeReady("n1", 4)), at(5, ended(5)), at(6, nodeLost("n1"))).nodesLost).toBe(0);
  });

  test("takes a function that is new in the counts to have begun after the counts before", () => {
    const firstSample = (...events: readonly StampedEvent[]): number | undefined =>
      after(...events).functions[0]?.samples[0]?.atMs;
    expect(firstSample(at(0, STARTED), at(0.5, nodeReady("n1", 4)), at(1, counts([{ done: 3 }])))).toBe(startMs + 500);
    expect(firstSample(at(0, STARTED), at(60, counts([{ done: 3 }])))).toBe(startMs + 59_000);
  });

  test("is the same object after an event that shows nothing", () => {
    const state = after(at(0, STARTED));
    expect(
      nextRunState(
        state,
        { type: "call-ended", functionName: "f", node: "n1", attempt: 1, outcome: "done", runMs: 3 },
        startMs + 1_000,
      ),
    ).toBe(state);
  });
});

describe("what the shutdown brings", () => {
  const running = after(at(0, STARTED));
  const stopping = after(at(0, STARTED), at(1, INTERRUPTED));
  const over = after(at(0, STARTED), at(1, ended(1)));
  const killed: RunEvent = {
    type: "call-failed",
    functionName: "f",
    node: "n1",
    attempt: 3,
    reason: "worker-died",
    message: "f failed",
  };

  test.each([
    { what: "a lost node", event: nodeLost("n1"), running: false, stopping: true, over: true },
    { what: "a call that runs again", event: callRetried("f"), running: false, stopping: true, over: true },
    { what: "a call whose worker is gone", event: killed, running: false, stopping: true, over: true },
    { what: "a call that fails by itself", event: callFailed("f"), running: false, stopping: false, over: true },
    { what: "the end", event: ended(1), running: false, stopping: false, over: true },
  ])("is told from problems: $what", ({ event, running: whileRunning, stopping: whileStopping, over: afterwards }) => {
    expect([running, stopping, over].map((state) => isShutdown(state, event))).toEqual([
      whileRunning,
      whileStopping,
      afterwards,
    ]);
  });

  test("nothing is expected before the run has begun", () => {
    expect(isShutdown(NO_RUN, nodeLost("n1"))).toBe(false);
  });
});
