import { describe, expect, test } from "vitest";
import { parseEventLog } from "../../src/events/parse-event-log.ts";
import type { StampedEvent } from "../../src/events/run-event.ts";
import {
  at,
  callFailed,
  callRetried,
  callsOfJob,
  counts,
  ended,
  INTERRUPTED,
  nodeLost,
  nodeReady,
  slurmJob,
  STARTED,
} from "../story.ts";

const STORY: readonly StampedEvent[] = [
  at(0, STARTED),
  at(0.1, { type: "nodes-connecting", nodes: 2 }),
  at(0.4, nodeReady("n1", 4, "not pinned")),
  at(0.5, {
    type: "worker-started",
    node: "n1",
    serviceId: "3",
    pid: 12,
    cpuIds: [0, 1],
    logFile: "out/logs/n1-3.log",
  }),
  at(1, counts([{ name: "f", running: 2, toCome: null }], 3, { kind: "worker-starting", node: "n1" })),
  at(2, callFailed("f")),
  at(2.5, callRetried("f")),
  at(3, nodeLost("n1")),
  at(3, slurmJob({ state: "running", nodes: ["n1"], calls: callsOfJob({ done: 3 }) })),
  at(3, { type: "slurm-silent", message: "squeue: error" }),
  at(3, { type: "slurm-answers", afterMs: 20_000 }),
  at(3, { type: "slurm-notice", kind: "submission", message: "no partition has so many nodes" }),
  at(3, { type: "question", text: "d or Ctrl-C?" }),
  at(3, { type: "question", text: null }),
  at(3.25, INTERRUPTED),
  at(4, ended(4, "interrupted", "enough")),
];

const written = (events: readonly StampedEvent[]): string =>
  events.map(({ at, event }) => `${JSON.stringify({ at, ...event })}\n`).join("");

describe("the text of an event log", () => {
  test("gives back the events that were written, with their times", () => {
    expect(parseEventLog(written(STORY))).toEqual(STORY);
  });

  test("of an earlier version knows of no calls that load", () => {
    const [line = ""] = written([at(1, counts([{ running: 2 }]))]).split("\n");
    expect(parseEventLog(line.replace('"loading":0,', ""))).toEqual([at(1, counts([{ running: 2, loading: 0 }]))]);
  });

  test("of an earlier version knows of no results that were removed", () => {
    expect(parseEventLog(written([at(1, counts([]))]).replace('"removed":0,', ""))).toEqual([at(1, counts([]))]);
  });

  test("of an earlier version says with today's word that a node is earmarked", () => {
    const waiting = counts([{ waiting: 1 }], 0, { kind: "earmarked", node: "n1", cpus: 2, idle: 1 });
    expect(parseEventLog(written([at(1, waiting)]).replace('"earmarked"', '"claims"'))).toEqual([at(1, waiting)]);
  });

  test("of a program that was killed may end in a part of a line", () => {
    expect(parseEventLog(written(STORY).slice(0, -20))).toEqual(STORY.slice(0, -1));
  });

  test.each([
    { what: "a torn line in its middle", line: '{"at":"2026-11-01T12:00:00.000Z","type":"lo' },
    { what: "an event that a later version has", line: '{"at":"2026-11-01T12:00:00.000Z","type":"node-dreams"}' },
    {
      what: "a type that is no event but a property of all objects",
      line: '{"at":"2026-11-01T12:00:00.000Z","type":"toString"}',
    },
    { what: "an event without a time", line: '{"type":"log","message":"hello"}' },
    { what: "an event whose time is none", line: '{"at":"yesterday","type":"log","message":"hello"}' },
    { what: "what is no object", line: "null" },
    { what: "an empty line", line: "" },
  ])("may hold $what, which is left out", ({ line }) => {
    const [first = "", ...others] = written(STORY).split("\n");
    expect(parseEventLog([first, line, ...others].join("\n"))).toEqual(STORY);
  });
});
