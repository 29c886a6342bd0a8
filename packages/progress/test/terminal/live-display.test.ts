import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RunEvent } from "../../src/events/run-event.ts";
import { RunEvents } from "../../src/events/run-events.ts";
import { showProgress } from "../../src/terminal/show-progress.ts";
import { FakeTerminal } from "@hyperion-ts/fake-terminal";
import { callFailed, counts, ended, INTERRUPTED, nodeReady, STARTED, startMs } from "../story.ts";

beforeEach(() => void vi.useFakeTimers({ now: startMs }));
afterEach(() => void vi.useRealTimers());

type Shown = Disposable & {
  readonly terminal: FakeTerminal;
  readonly emit: (...events: readonly RunEvent[]) => void;
  /** The screen, some time later. */
  readonly screen: (afterMs?: number) => string;
};

/** A run that is shown on a terminal of its own. */
function shown({ columns = 80, rows = 24 } = {}): Shown {
  const terminal = new FakeTerminal(columns, rows);
  const events = new RunEvents();
  const display = showProgress(events, "auto", { stream: terminal, programStreams: [terminal, terminal], env: {} });
  return {
    terminal,
    emit: (...all) => {
      for (const event of all) events.emit(event);
    },
    screen: (afterMs = 0) => {
      vi.advanceTimersByTime(afterMs);
      return `\n${terminal.text}\n`;
    },
    [Symbol.dispose]: () => display[Symbol.dispose](),
  };
}

const UNDER_WAY: readonly RunEvent[] = [STARTED, nodeReady("n1", 4), counts([{ done: 31, running: 2, waiting: 17 }])];

describe("on a terminal", () => {
  test("a block is redrawn in place, and its clock goes on", () => {
    using run = shown();
    run.emit(STARTED);
    expect(run.screen()).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      q7RkW  starting                                                        00:00:00
      "
    `);
    run.emit(nodeReady("n1", 4));
    run.screen(1_000);
    run.emit(counts([{ done: 31, running: 2, waiting: 17 }], 4));
    expect(run.screen(2_000)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      q7RkW  1 node, 4 CPUs                                                  00:00:03
        ▶ roots/bracket  31/50  2 running  17 waiting
        ◆ 4 results remembered
      "
    `);
  });

  test("problems stay above the block", () => {
    using run = shown();
    run.emit(...UNDER_WAY, callFailed("roots/bracket"));
    expect(run.screen(200)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      ✗ roots/bracket failed on n3 (CPU 2), attempt 1 of 1, after 0.3 s
        RangeError: x must not be negative
      q7RkW  1 node, 4 CPUs                                                  00:00:00
        ▶ roots/bracket  31/50  2 running  17 waiting
      "
    `);
  });

  test("the final counts and the totals stay, and nothing else", () => {
    using run = shown();
    run.emit(...UNDER_WAY, INTERRUPTED);
    expect(run.screen(1_000)).toContain("ending after SIGINT");
    run.emit(counts([{ done: 50, failed: 1 }]), ended(1, "failed", "too few roots"));
    run.emit({ type: "node-lost", node: "n1", reason: "its agent ended (code 0)" });
    expect(run.screen(5_000)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      Interrupted by SIGINT: ending 2 running calls ...
      q7RkW  1 node, 4 CPUs                                                  00:00:01
        ✗ roots/bracket  50/51  1 failed  51.0 calls/s
      failed after 1.0 s: 51 calls, 1 failed
        too few roots
      "
    `);
    expect(run.terminal.cursor.column).toBe(0);
  });

  test("a display that ends before its run leaves nothing of the block", () => {
    const run = shown();
    run.emit(...UNDER_WAY);
    run[Symbol.dispose]();
    run.emit(callFailed("roots/bracket"));
    expect(run.screen(5_000)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      "
    `);
  });

  test("it is drawn at most ten times a second", () => {
    using run = shown();
    run.emit(STARTED);
    const before = run.terminal.writes;
    for (let done = 0; done < 1_000; done += 1) {
      run.emit(counts([{ done, running: 1 }]));
      vi.advanceTimersByTime(1);
    }
    expect(run.terminal.writes - before).toBeLessThanOrEqual(10);
    expect(run.screen(100)).toContain("999/1,000");
  });

  test("lines that are too wide are cut, so that erasing them leaves nothing behind", () => {
    using run = shown({ columns: 30 });
    run.emit(...UNDER_WAY);
    run.screen(3_000);
    run.emit(counts([{ name: "根".repeat(40), done: 1, running: 1 }]));
    expect(run.screen(3_000)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.
      sqlite, logs in out/logs/2026-
      11/q7RkW
      q7RkW  1 node, 4 CPUs  00:00…
        ▶ 根根根根根根根根根根根根…
      "
    `);
  });

  test("a key that the terminal echoes into it goes with the next redraw", () => {
    using run = shown();
    run.emit(...UNDER_WAY);
    run.terminal.echo("^C");
    run.emit(INTERRUPTED);
    expect(run.screen(200)).not.toContain("^C");
    expect(run.screen().match(/1 node/g)).toHaveLength(1);
  });

  test.each([
    { before: 80, after: 33 },
    { before: 33, after: 80 },
    { before: 80, after: 12 },
  ])("after the terminal goes from $before to $after columns there is one block", ({ before, after }) => {
    using run = shown({ columns: before });
    run.emit(...UNDER_WAY);
    run.screen(500);
    run.terminal.resize(after);
    const lines = run.screen(1_000).split("\n");
    expect(lines.filter((line) => line.includes("▶"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("1 node") || line.startsWith("q7RkW  1"))).toHaveLength(1);
    expect(lines.every((line) => line.length <= after)).toBe(true);
  });

  test("a block at the bottom of a short terminal scrolls what is above it, and no more", () => {
    using run = shown({ rows: 6 });
    run.emit(...UNDER_WAY);
    for (let i = 0; i < 8; i += 1) {
      run.emit({ type: "log", message: `line ${i}` });
      run.screen(150);
    }
    expect(run.screen()).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      line 0
      line 1
      line 2
      line 3
      line 4
      line 5
      line 6
      line 7
      q7RkW  1 node, 4 CPUs                                                  00:00:01
        ▶ roots/bracket  31/50  2 running  17 waiting
      "
    `);
  });
});

describe("what the program prints", () => {
  test("comes above the block", () => {
    using run = shown();
    run.emit(...UNDER_WAY);
    run.terminal.write("half of it\n");
    expect(run.screen()).not.toContain("▶");
    expect(run.screen(200)).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      half of it
      q7RkW  1 node, 4 CPUs                                                  00:00:00
        ▶ roots/bracket  31/50  2 running  17 waiting
      "
    `);
  });

  test("is not torn apart: the block waits for the end of the line", () => {
    using run = shown();
    run.emit(...UNDER_WAY);
    run.terminal.write("points: ");
    run.screen(500);
    run.terminal.write(new TextEncoder().encode("1, 2"));
    expect(run.screen(2_000)).not.toContain("▶");
    run.terminal.write("\x1b[32m, 3\n\x1b[0m");
    expect(run.screen(2_000)).toContain("points: 1, 2, 3\nq7RkW  1 node");
  });

  test("keeps a line of its own also when a problem comes in the middle", () => {
    using run = shown();
    run.emit(...UNDER_WAY);
    run.terminal.write("points: 1");
    run.emit(callFailed("roots/bracket", "roots/bracket failed"));
    expect(run.screen(200)).toContain("points: 1\n✗ roots/bracket failed\nq7RkW");
  });

  test("goes straight to the streams again afterwards", () => {
    const terminal = new FakeTerminal();
    const display = showProgress(new RunEvents(), "auto", { stream: terminal, programStreams: [terminal], env: {} });
    expect(Object.hasOwn(terminal, "write")).toBe(true);
    display[Symbol.dispose]();
    expect(Object.hasOwn(terminal, "write")).toBe(false);
    expect(terminal.listenerCount("resize") + terminal.listenerCount("error")).toBe(0);
  });

  test("is left to whoever has wrapped the stream in the meantime", () => {
    const terminal = new FakeTerminal();
    const display = showProgress(new RunEvents(), "auto", { stream: terminal, programStreams: [terminal], env: {} });
    const theirs = vi.fn(terminal.write.bind(terminal));
    Object.assign(terminal, { write: theirs });
    display[Symbol.dispose]();
    expect(terminal).toHaveProperty("write", theirs);
    terminal.write("hello\n");
    expect(theirs).toHaveBeenCalledWith("hello\n");
    expect(terminal.text).toBe("hello");
  });
});
