import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/events/run-event.ts";
import { at, callFailed, counts, ended, told } from "../story.ts";

describe("the last lines tell", () => {
  test("which remote calls are held, until they are made again", () => {
    const held = (hold: string): RunEvent => ({
      type: "call-held",
      hold,
      functionName: "roots/bracket",
      sentence: `threw on n3 → hyperion retry ${hold}`,
    });
    expect(
      told([
        at(1, held("3Fa")),
        at(2, held("5Kx")),
        at(3, { type: "call-released", hold: "3Fa", functionName: "roots/bracket", retried: true }),
        at(4, { type: "run-ended", outcome: "interrupted", seconds: 4, message: "Interrupted by SIGTERM" }),
      ]),
    ).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      ⚠ roots/bracket is held: threw on n3 → hyperion retry 3Fa
      ⚠ roots/bracket is held: threw on n3 → hyperion retry 5Kx
      roots/bracket, held as 3Fa, is made again
      interrupted after 4.0 s: 0 calls, 0 failed
        1 failed call is held: hyperion holds shows why, and what helps it
        what was stored is in out/results.sqlite: run the same command again to go on from there
      "
    `);
  });

  test("a failure's reason, unless it has just been told", () => {
    const failed = callFailed("roots/bracket", "roots/bracket failed on n3\n  RangeError: no");
    expect(
      told([
        at(1, failed),
        at(1, counts([{ failed: 1, cancelled: 4 }])),
        at(2, ended(2, "failed", "roots/bracket failed on n3\n  RangeError: no")),
      ]),
    ).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      ✗ roots/bracket failed on n3
        RangeError: no
      failed after 2.0 s: 1 call, 1 failed, 4 not done
      "
    `);
    expect(told([at(2, ended(2, "failed", "No such file\nin out"))])).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      failed after 2.0 s: 0 calls, 0 failed
        No such file
        in out
      "
    `);
  });

  test.each([
    [0, "nothing was", "done in 0.3 s: no calls"],
    [1, "one result was", "done in 0.3 s: nothing to compute: the one result was in the database"],
    [12_060, "all results were", "done in 0.3 s: nothing to compute: all 12,060 results were in the database"],
  ])("that nothing was computed: %i remembered results, %s there", (remembered, _, line) => {
    expect(told([at(0.2, counts([], remembered)), at(0.3, ended(0.3))])).toContain(line);
  });

  test.each([
    [{}, "done in 2.0 s: 3 results removed\n"],
    [{ remembered: 1 }, "done in 2.0 s: nothing to compute: the one result was in the database; 3 results removed\n"],
    [counts([{ done: 2 }]), "done in 2.0 s: 2 calls, 0 failed, 3 results removed\n"],
  ])("what was removed, without calls and with some (%#)", (also, line) => {
    const event: RunEvent = { ...counts([]), ...also, removed: 3 };
    expect(told([at(1, event), at(2, ended(2))])).toContain(line);
  });
});
