import { describe, expect, test } from "vitest";
import type { StampedEvent } from "../../src/events/run-event.ts";
import { liveLines } from "../../src/texts/live-lines.ts";
import { after, at, counts, ended, INTERRUPTED, nodeLost, nodeReady, STARTED, startMs, textOf } from "../story.ts";

const block = (seconds: number, events: readonly StampedEvent[], size = { columns: 79, rows: 24 }): string =>
  `\n${textOf(liveLines(after(at(0, STARTED), ...events), startMs + seconds * 1_000, size), size.columns)}\n`;

const TWO_NODES = [at(1, nodeReady("n1", 16)), at(1, nodeReady("n2", 8))];

describe("the live block", () => {
  test("says that it connects", () => {
    expect(block(0, [])).toMatchInlineSnapshot(`
      "
      q7RkW  starting                                                        00:00:00
      "
    `);
    const connecting = at(1, { type: "nodes-connecting", nodes: 3 });
    expect(block(2, [connecting])).toMatchInlineSnapshot(`
      "
      q7RkW  connecting to 3 nodes                                           00:00:02
      "
    `);
    expect(block(2, [connecting, ...TWO_NODES])).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs, connecting to 1 node                          00:00:02
      "
    `);
    expect(block(2, [connecting, ...TWO_NODES, at(2, { type: "node-left-out", node: "n3", reason: "no route" })]))
      .toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:02
      "
    `);
  });

  test("says that nothing was to be computed as long as no call is made, and what becomes of one when it is", () => {
    const remembers = at(1, counts([], 3));
    expect(block(5, [remembers])).toMatchInlineSnapshot(`
      "
      q7RkW  nothing was to be computed yet                                  00:00:05
        ◆ 3 results remembered
      "
    `);
    // On a login node there is no node, and no Slurm job yet.
    expect(block(6, [remembers, at(5, counts([{ waiting: 1 }], 3))])).toContain("q7RkW  nothing runs yet  ");
    expect(
      block(9, [
        remembers,
        at(5, { type: "nodes-connecting", nodes: 3 }),
        at(6, counts([{ waiting: 8 }], 3, { kind: "nodes-connecting" })),
      ]),
    ).toMatchInlineSnapshot(`
      "
      q7RkW  connecting to 3 nodes                                           00:00:09
        ◌ roots/bracket  0/8  8 waiting
        ◆ 3 results remembered
      "
    `);
  });

  test("shows what runs, how fast, and how long it will take", () => {
    const events = [
      ...TWO_NODES,
      at(2, counts([{ done: 12, running: 24, waiting: 65 }])),
      at(3, counts([{ done: 24, running: 24, waiting: 52, failed: 1 }], 1_234)),
    ];
    expect(block(3, events)).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:03
        ▶ roots/bracket  24/101  24 running  1 failed  13.0 calls/s  about 6 s left
        ◆ 1,234 results remembered
      "
    `);
  });

  test("tells calls whose module is being loaded from those that run, and says which it is where none runs", () => {
    const loads = (running: number): StampedEvent =>
      at(
        2,
        counts([{ loading: 2, running, waiting: 65 }], 0, {
          kind: "module-loading",
          node: "n1",
          module: "file:///work/roots.ts",
        }),
      );
    expect(block(5, [...TWO_NODES, loads(0)])).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:05
        ◌ roots/bracket  0/67  2 loading  65 waiting
        … the next one waits: its worker on n1 loads roots.ts
      "
    `);
    expect(block(5, [...TWO_NODES, loads(1)])).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:05
        ▶ roots/bracket  0/68  1 running, 2 loading  65 waiting
      "
    `);
  });

  test("lines up the columns of several functions", () => {
    const functions = [
      { name: "roots/bracket", done: 50 },
      { name: "roots/refine-each-bracket", done: 1_031, running: 8, waiting: 12_000, retried: 3 },
      { name: "roots/check", failed: 2 },
      { name: "roots/plot", waiting: 7 },
    ];
    expect(block(106, [...TWO_NODES, at(101, counts(functions))])).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:01:46
        ✔ roots/bracket                     50/50                       50.0 calls/s
        ▶ roots/refine-each-bracket  1,031/13,039  8 running
        ✗ roots/check                         0/2             2 failed   2.0 calls/s
        ◌ roots/plot                          0/7
      "
    `);
  });

  test("leaves out what is least needed on a narrow terminal, and cuts what still does not fit", () => {
    const events = [
      ...TWO_NODES,
      at(3, counts([{ done: 24, running: 24, waiting: 52, retried: 1 }])),
      at(4, counts([{ done: 48, running: 24, waiting: 28, retried: 1 }])),
    ];
    expect(block(4, events, { columns: 70, rows: 24 })).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                       00:00:04
        ▶ roots/bracket  48/100  24 running  24.0 calls/s  about 2 s left
      "
    `);
    expect(block(4, events, { columns: 40, rows: 24 })).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs         00:00:04
        ▶ roots/bracket  48/100  24 running  …
      "
    `);
  });

  test("stays smaller than the terminal and shows what has open calls first", () => {
    const functions = Array.from({ length: 20 }, (_, i) =>
      i === 3 ? { name: `f${i}`, running: 1 } : { name: `f${i}`, done: 1 },
    );
    expect(block(3, [...TWO_NODES, at(3, counts(functions))], { columns: 79, rows: 8 })).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:03
        ▶ f3   0/1  1 running
        ▶ f17  1/1
        ▶ f18  1/1
        ▶ f19  1/1
        … and 16 more functions
      "
    `);
  });

  test("says which nodes are gone, and that the run is ending", () => {
    expect(block(9, [...TWO_NODES, at(5, nodeLost("n1")), at(8, INTERRUPTED)])).toMatchInlineSnapshot(`
      "
      q7RkW  1 node, 8 CPUs (1 node lost)  ending after SIGINT               00:00:09
      "
    `);
  });

  test("says what all wait for, when nothing has run for a while", () => {
    const starting = at(2, counts([{ waiting: 50 }], 0, { kind: "worker-starting", node: "n1" }));
    expect(block(3, [...TWO_NODES, starting])).not.toContain("waits");
    expect(block(5, [...TWO_NODES, starting])).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:05
        ◌ roots/bracket  0/50  50 waiting
        … the next one waits: its worker on n1 starts
      "
    `);
    expect(
      block(9, [
        ...TWO_NODES,
        starting,
        at(5, counts([{ running: 24, waiting: 26 }], 0, { kind: "worker-starting", node: "n1" })),
      ]),
    ).not.toContain("waits");
  });

  test("tells a stream without a total, and without a time left", () => {
    expect(
      block(4, [
        ...TWO_NODES,
        at(3, counts([{ done: 929, running: 2, waiting: 48, toCome: null }])),
        at(4, counts([{ done: 1_029, running: 2, waiting: 48, toCome: null }])),
      ]),
    ).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:04
        ▶ roots/bracket  1,029 done  2 running  48 waiting  100 calls/s
      "
    `);
  });

  test("tells the whole number where it is known, also of what has not been asked for", () => {
    expect(
      block(4, [
        ...TWO_NODES,
        at(3, counts([{ done: 10, running: 2, toCome: 88 }])),
        at(4, counts([{ done: 20, running: 2, toCome: 78 }])),
      ]),
    ).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:04
        ▶ roots/bracket  20/100  2 running  10.0 calls/s  about 8 s left
      "
    `);
  });

  test("does not tick off what was cut short", () => {
    const functions = [
      { name: "roots/whole", done: 12 },
      { name: "roots/cut", done: 40, cancelled: 120 },
      { name: "roots/failed", done: 3, failed: 1, cancelled: 7 },
      { name: "roots/stream", done: 929, cancelled: 50, toCome: null },
    ];
    expect(block(9, [...TWO_NODES, at(5, counts(functions)), at(8, INTERRUPTED), at(8, ended(8, "interrupted"))]))
      .toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:09
        ✔ roots/whole      12/12            12.0 calls/s
        ■ roots/cut       40/160            40.0 calls/s
        ✗ roots/failed      3/11  1 failed   4.0 calls/s
        ■ roots/stream  929 done
      "
    `);
    expect(block(9, [...TWO_NODES, at(5, counts(functions)), at(8, ended(8, "failed"))])).toContain("■ roots/cut");
    expect(block(9, [...TWO_NODES, at(5, counts([{ done: 40, cancelled: 12 }])), at(8, ended(8))])).toContain(
      "✔ roots/bracket  40/40",
    );
  });

  test("keeps a column while calls go on, and its order, also where its number is 0 for a moment", () => {
    const waits = (second: number, waiting: number): StampedEvent =>
      at(second, counts([{ done: second, running: 2, waiting, toCome: null }]));
    expect(block(4, [...TWO_NODES, waits(2, 3), waits(3, 0)])).toContain("2 running  0 waiting");
    expect(block(4, [...TWO_NODES, waits(2, 0), waits(3, 0)])).not.toContain("waiting");
    expect(block(20, [...TWO_NODES, waits(2, 3), at(9, counts([{ done: 9 }]))])).not.toContain("waiting");
  });

  test("does not tick off what is asked for one after the other", () => {
    const one = (second: number, running: number): StampedEvent => at(second, counts([{ done: second, running }]));
    expect(block(4.5, [...TWO_NODES, one(2, 1), one(3, 0), one(4, 0)])).toContain("▶ roots/bracket  4/4");
    expect(block(9, [...TWO_NODES, one(2, 1), one(3, 0), one(4, 0)])).toContain("✔ roots/bracket  4/4");
  });
});
