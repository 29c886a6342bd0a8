import { describe, expect, test } from "vitest";
import type { StampedEvent } from "../../src/events/run-event.ts";
import { liveLines } from "../../src/progress/live-lines.ts";
import { after, at, counts, interrupted, nodeLost, nodeReady, started, startMs, textOf } from "./story.ts";

const block = (seconds: number, events: readonly StampedEvent[], size = { columns: 79, rows: 24 }): string =>
  `\n${textOf(liveLines(after(at(0, started), ...events), startMs + seconds * 1_000, size), size.columns)}\n`;

const twoNodes = [at(1, nodeReady("n1", 16)), at(1, nodeReady("n2", 8))];

describe("the live block", () => {
  test("says that it connects", () => {
    expect(block(0, [])).toMatchInlineSnapshot(`
      "
      q7RkW  connecting                                                      00:00:00
      "
    `);
  });

  test("shows what runs, how fast, and how long it will take", () => {
    const events = [...twoNodes, at(2, counts([{ done: 12, running: 24, waiting: 64 }])), at(3, counts([{ done: 24, running: 24, waiting: 52, failed: 1 }], 1_234))];
    expect(block(3, events)).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:03
        ▶ roots/bracket  24/101  24 running  1 failed  12.5 calls/s  about 7 s left
        ◆ 1,234 results remembered
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
    expect(block(102, [...twoNodes, at(101, counts(functions))])).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:01:42
        ✔ roots/bracket                     50/50
        ▶ roots/refine-each-bracket  1,031/13,039  8 running            about 24 s l…
        ✗ roots/check                         0/2             2 failed
        ◌ roots/plot                          0/7
      "
    `);
  });

  test("leaves out what is least needed on a narrow terminal, and cuts what still does not fit", () => {
    const events = [...twoNodes, at(3, counts([{ done: 24, running: 24, waiting: 52, retried: 1 }]))];
    expect(block(3, events, { columns: 70, rows: 24 })).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                       00:00:03
        ▶ roots/bracket  24/100  24 running  24.0 calls/s  about 4 s left
      "
    `);
    expect(block(3, events, { columns: 40, rows: 24 })).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs         00:00:03
        ▶ roots/bracket  24/100  24 running  …
      "
    `);
  });

  test("stays smaller than the terminal and shows what has open calls first", () => {
    const functions = Array.from({ length: 20 }, (_, i) => (i === 3 ? { name: `f${i}`, running: 1 } : { name: `f${i}`, done: 1 }));
    expect(block(3, [...twoNodes, at(3, counts(functions))], { columns: 79, rows: 8 })).toMatchInlineSnapshot(`
      "
      q7RkW  2 nodes, 24 CPUs                                                00:00:03
        ▶ f3   0/1  1 running
        ✔ f17  1/1
        ✔ f18  1/1
        ✔ f19  1/1
        … and 16 more functions
      "
    `);
  });

  test("says which nodes are gone, and that the run is ending", () => {
    expect(block(9, [...twoNodes, at(5, nodeLost("n1")), at(8, interrupted)])).toMatchInlineSnapshot(`
      "
      q7RkW  1 node, 8 CPUs (1 node lost)  ending after SIGINT               00:00:09
      "
    `);
  });
});
