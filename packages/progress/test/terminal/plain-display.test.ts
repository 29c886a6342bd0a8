import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RunEvent } from "../../src/events/run-event.ts";
import { RunEvents } from "../../src/events/run-events.ts";
import { showProgress } from "../../src/terminal/show-progress.ts";
import { FakeTerminal } from "@hyperion-ts/fake-terminal";
import { callFailed, counts, ended, nodeReady, STARTED, startMs } from "../story.ts";

beforeEach(() => void vi.useFakeTimers({ now: startMs }));
afterEach(() => void vi.useRealTimers());

/** What is written, in order, while `story` runs. */
function written(story: (emit: (event: RunEvent) => void, pass: (seconds: number) => void) => void): string {
  let text = "\n";
  const stream = Object.assign(new FakeTerminal(), { write: (chunk: string) => void (text += chunk) });
  const events = new RunEvents();
  using _display = showProgress(events, "plain", { stream, programStreams: [] });
  story(
    (event) => events.emit(event),
    (seconds) => vi.advanceTimersByTime(seconds * 1_000),
  );
  return text;
}

describe("plain lines", () => {
  test("tell counts every ten seconds, the end and problems, and nothing twice", () => {
    const text = written((emit, pass) => {
      emit(STARTED);
      pass(1);
      emit(nodeReady("n1", 4));
      for (let second = 1; second <= 25; second += 1) {
        pass(1);
        emit(counts([{ done: 4 * second, running: 4, waiting: 116 - 4 * second }], 2));
      }
      emit(callFailed("roots/bracket", "roots/bracket failed on n1\n  RangeError: no"));
      pass(60);
      emit(counts([{ done: 119, failed: 1 }], 2));
      emit(ended(86));
    });
    expect(text).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      n1: 4 CPUs
      00:00:10  roots/bracket 32/120, 4 running, 84 waiting, 4.0 calls/s, about 22 s left; 2 remembered
      00:00:20  roots/bracket 72/120, 4 running, 44 waiting, 4.0 calls/s, about 12 s left; 2 remembered
      ✗ roots/bracket failed on n1
        RangeError: no
      00:00:30  roots/bracket 100/120, 4 running, 16 waiting, 3.2 calls/s, about 6 s left; 2 remembered
      00:01:26  roots/bracket 119/120, 1 failed, 1.4 calls/s; 2 remembered
      done in 1 m 26 s: 120 calls, 1 failed, 2 remembered
      "
    `);
  });

  test("don't notice that the wall clock is set", () => {
    const told = (setBy: (seconds: number) => void): string =>
      written((emit, pass) => {
        emit(STARTED);
        emit(nodeReady("n1", 4));
        for (const [second, hours] of [
          [1, 1],
          [2, -3],
          [3, 24],
          [4, -22],
        ] as const) {
          pass(4);
          setBy(hours);
          emit(counts([{ done: 4 * second, running: 4, waiting: 116 - 4 * second }]));
        }
        pass(60);
        emit(ended(76));
      });
    expect(told((hours) => vi.setSystemTime(Date.now() + hours * 3_600_000))).toBe(told(() => undefined));
  });

  test("tell the counts of a change also when nothing changes after it", () => {
    const text = written((emit, pass) => {
      emit(STARTED);
      pass(2);
      emit(counts([{ running: 2 }, { name: "roots/plot", waiting: 1 }]));
      pass(3_600);
    });
    expect(text).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      00:00:10  roots/bracket 0/2, 2 running; roots/plot 0/1, 1 waiting
      "
    `);
  });

  test("say which module is being loaded for the first calls", () => {
    const text = written((emit, pass) => {
      emit(STARTED);
      emit(nodeReady("n1", 4));
      pass(1);
      emit(
        counts([{ loading: 4, waiting: 36 }], 0, {
          kind: "module-loading",
          node: "n1",
          module: "file:///work/roots.ts",
        }),
      );
      pass(5);
    });
    expect(text).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      n1: 4 CPUs
      00:00:03  roots/bracket 0/40, 4 loading, 36 waiting; the next one waits: its worker on n1 loads roots.ts
      "
    `);
  });

  test("tell a run that found everything in the database", () => {
    const text = written((emit, pass) => {
      emit(STARTED);
      emit(nodeReady("n1", 4));
      pass(0.4);
      emit(counts([], 60));
      emit(ended(0.4));
    });
    expect(text).toMatchInlineSnapshot(`
      "
      q7RkW  results in out/results.sqlite, logs in out/logs/2026-11/q7RkW
      n1: 4 CPUs
      done in 0.4 s: nothing to compute: all 60 results were in the database
      "
    `);
  });

  test("hold no escape sequences, whatever failing calls say", () => {
    const text = written((emit) => {
      emit(STARTED);
      emit(callFailed("f", "\x1b[31mf failed\x1b[0m\r\n\x1b[2J\x07  no"));
    });
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});
