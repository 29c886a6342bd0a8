import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MAX_POLL_MS, Polling } from "../../src/worker/polling.ts";

/** What a turn of the event loop takes here. */
const TURN_MS = 0.01;

let nowMs = 0;
let turns: (() => void)[] = [];

beforeEach(() => {
  turns = [];
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  vi.stubGlobal("setImmediate", (turn: () => void) => void turns.push(turn));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A worker's waits for its calls. */
class Waits {
  yields = 0;
  readonly #polling: Polling;

  constructor(offered = true) {
    this.#polling = new Polling(() => (offered ? () => (this.yields += 1) : null));
  }

  /** A wait for a call that comes `gapMs` after the last answer; returns how long it was polled through. */
  wait(gapMs: number): number {
    this.#polling.idle();
    let polledMs = 0;
    for (const endMs = nowMs + gapMs; nowMs < endMs; nowMs += TURN_MS) {
      const due = turns.splice(0);
      if (due.length > 0) polledMs += TURN_MS;
      for (const turn of due) turn();
    }
    this.#polling.called();
    return polledMs;
  }

  /** Several; returns for how long each was polled through. */
  waits(count: number, gapMs: number): number[] {
    return Array.from({ length: count }, () => this.wait(gapMs));
  }
}

const polled = (waitsMs: readonly number[]): number => waitsMs.filter((ms) => ms > 0).length;

test("waits for calls that come soon are polled through, and whoever wants the CPU has it in each turn", () => {
  const waits = new Waits();
  waits.wait(MAX_POLL_MS / 2);
  expect(polled(waits.waits(100, MAX_POLL_MS / 2))).toBe(100);
  expect(waits.yields).toBeGreaterThan(1_000);
});

test("no wait is polled through for longer than the limit, and where that is in vain ever fewer waits are", () => {
  const waits = new Waits();
  const waitsMs = waits.waits(2_000, 3 * MAX_POLL_MS);
  expect(Math.max(...waitsMs)).toBeLessThan(MAX_POLL_MS + 3 * TURN_MS);
  expect(polled(waitsMs)).toBeLessThan(30);
  expect(polled(waitsMs.slice(1_000))).toBeLessThan(10);
});

test("as soon as calls come soon again, their waits are polled through", () => {
  const waits = new Waits();
  waits.waits(2_000, 3 * MAX_POLL_MS);
  waits.waits(200, MAX_POLL_MS / 2);
  expect(polled(waits.waits(100, MAX_POLL_MS / 2))).toBe(100);
});

test("where the CPU can't be yielded nothing is polled through", () => {
  expect(Math.max(...new Waits(false).waits(100, MAX_POLL_MS / 2))).toBe(TURN_MS);
});
