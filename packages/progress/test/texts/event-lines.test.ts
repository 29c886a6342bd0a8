import { describe, expect, test } from "vitest";
import type { StampedEvent } from "../../src/events/run-event.ts";
import { at, callFailed, callRetried, counts, ended, INTERRUPTED, nodeLost, nodeReady, told } from "../story.ts";

const WORKER = { node: "n1", serviceId: "3Fa" } as const;

describe("what is told of each event", () => {
  test("when a call has left something behind that ended its worker: which one, and what", () => {
    const blame =
      "a call of roots/bracket (#7, input 2) had been answered, and left something behind that threw Error: late";
    const line = `⚠ A worker on ${WORKER.node} has ended, and is replaced: ${blame}`;
    expect(
      told([at(1, { type: "worker-ended", ...WORKER, how: `the worker exited with code 70: ${blame}`, blame })]),
    ).toContain(line);
  });

  test("when files were changed while it runs: the last of them, when, and what that means", () => {
    const line = (files: readonly (readonly [string, string | null])[], workers: number): string =>
      told([at(1, { type: "old-code", files: files.map(([path, changedAt]) => ({ path, changedAt })), workers })]);
    const goesOn = "This run goes on with the code that it began with, in";
    expect(line([["/p/roots.ts", "2026-11-28T12:15:07Z"]], 1)).toMatch(
      new RegExp(
        `⚠ roots\\.ts was changed at 2026-11-2\\d \\d\\d:[14]5\\. ${goesOn} 1 new worker by now; run the program again to use the change\n`,
      ),
    );
    expect(
      line(
        [
          ["/p/a.ts", "2026-11-28T12:15:07Z"],
          ["/p/b.ts", "2026-11-28T12:15:08Z"],
          ["/p/c.ts", null],
        ],
        3,
      ),
    ).toContain(`(and 2 more files). ${goesOn} 3 new workers`);
    expect(line([["/p/c.ts", null]], 1)).toContain("⚠ c.ts was removed. ");
  });

  test("when all goes well: where things are, the nodes, what the job logs, the totals", () => {
    const events = [
      at(1, nodeReady("n1", 16)),
      at(1, nodeReady("n2", 1, "2 of 4 usable CPUs are ours, but not which: workers are not pinned")),
      at(1, { type: "worker-started", ...WORKER, pid: 7, cpuIds: [0], logFile: "out/3Fa.log" }),
      at(2, { type: "log", message: "half of the points\nare done" }),
      at(3, counts([{ done: 58 }, { name: "f", done: 2 }], 4)),
      at(3.2, ended(3.2)),
      at(3.3, { type: "worker-ended", ...WORKER, how: "the worker was killed by SIGTERM" }),
      at(3.3, nodeLost("n1")),
    ];
    expect(told(events)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      n1: 16 CPUs
      n2: 1 CPU
      ⚠ n2: 2 of 4 usable CPUs are ours, but not which: workers are not pinned
      half of the points
      are done
      done in 3.2 s: 60 calls, 0 failed, 4 remembered
      "
    `);
    expect(told(events, true)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      ⚠ n2: 2 of 4 usable CPUs are ours, but not which: workers are not pinned
      half of the points
      are done
      done in 3.2 s: 60 calls, 0 failed, 4 remembered
      "
    `);
  });

  test("problems, with all that is known of them", () => {
    const events = [
      at(1, { type: "node-left-out", node: "n4", reason: "ssh: connect to host n4 port 22: No route to host" }),
      at(2, {
        type: "node-limited",
        node: "n1",
        workers: 6,
        reason: "the limit of 60 processes and threads (pids.max) is reached",
      }),
      at(2, {
        type: "worker-not-started",
        node: "n1",
        reason: "Could not start a worker on n1: it did not greet within 30 s",
      }),
      at(3, callRetried("roots/bracket")),
      at(4, nodeLost("n2", "its agent ended (code 1)\n  | out of memory")),
      at(
        5,
        callFailed(
          "roots/bracket",
          "roots/bracket failed on n3 (CPU 2), attempt 1 of 1, after 0.3 s\n  RangeError: x must not be negative\n         at run (roots.ts:14:11)\n  input  { n: 2, x: -1 }\nmore",
        ),
      ),
    ];
    expect(told(events)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      ✗ n4 is left out: ssh: connect to host n4 port 22: No route to host
      ⚠ n1: 6 workers at a time and no more: the limit of 60 processes and threads (pids.max) is reached
      ⚠ n1: Could not start a worker on n1: it did not greet within 30 s
      ⚠ roots/bracket runs again after attempt 1 on n3: the worker was killed by SIGKILL
      ✗ n2 is lost: its agent ended (code 1)
        | out of memory
      ✗ roots/bracket failed on n3 (CPU 2), attempt 1 of 1, after 0.3 s
        RangeError: x must not be negative
               at run (roots.ts:14:11)
        input  { n: 2, x: -1 }
        more
      "
    `);
  });

  test("calls that no node was left for are told once, together, when all of them have failed", () => {
    const found = (name: string, i: number): StampedEvent =>
      at(2, callFailed(name, `${name} found no node: ${i}`, "no-node"));
    const failed = [...Array.from({ length: 48 }, (_, i) => found("f", i)), found("g", 0)];
    const lines = told([
      at(1, nodeLost("n1")),
      ...failed,
      at(3, counts([{ name: "f", failed: 48 }])),
      // A call that is made later: it is in the totals.
      found("f", 48),
      at(4, counts([{ name: "f", failed: 49 }])),
      at(5, ended(5, "failed", "f found no node: 0\n  at roots.ts:7:3")),
    ]);
    expect(lines).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      ✗ n1 is lost: its agent is silent
      ✗ no node is left to run 49 calls of f, g. What was stored is kept: run the program again
      failed after 5.0 s: 49 calls, 49 failed
          at roots.ts:7:3
      "
    `);
  });

  test("problems of one kind are told a few times only", () => {
    const lines = told(Array.from({ length: 1_000 }, (_, i) => at(i, callFailed("f", `f failed: ${i}`))));
    expect(lines).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      ✗ f failed: 0
      ✗ f failed: 1
      ✗ f failed: 2
      ✗ f failed: 3
      ✗ f failed: 4
        … more of these are in out/logs/2026-11/q7RkW/events.jsonl
      "
    `);
    expect(
      told([
        ...Array.from({ length: 9 }, () => at(1, callFailed("f", "f failed"))),
        at(2, callFailed("g", "g failed")),
      ]),
    ).toContain("✗ g failed");
  });

  test("no more of a message than fits on a screen", () => {
    const lines = told([
      at(1, callFailed("f", `f failed\n${"  again\n".repeat(10_000)}${"x".repeat(10_000)}`)),
      at(2, { type: "log", message: "x".repeat(1_000_000) }),
    ]).split("\n");
    expect(lines.slice(40, 45).map((line) => line.slice(0, 40))).toEqual([
      "  again",
      "  again",
      "  again",
      "  … 9,961 more lines",
      "x".repeat(40),
    ]);
    expect(lines[44]).toHaveLength(4_001);
  });

  test("an interruption, and not what it brings about", () => {
    const events = [
      at(1, counts([{ running: 2, waiting: 17, done: 31 }])),
      at(2, INTERRUPTED),
      at(2.1, callRetried("roots/bracket")),
      at(2.3, nodeLost("n1")),
      at(2.3, counts([{ cancelled: 19, done: 31 }])),
      at(2.3, ended(2.3, "interrupted", "Interrupted by SIGINT. Everything that was done is stored")),
    ];
    expect(told(events)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      Interrupted by SIGINT: ending 2 running calls ...
      interrupted after 2.3 s: 31 calls, 0 failed, 19 not done
        what was stored is in out/results.sqlite: run the same command again to go on from there
      "
    `);
  });
});
