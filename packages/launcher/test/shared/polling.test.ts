import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MAX_POLL_MS, Polling } from "../../src/shared/polling.ts";

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

/** How long something takes to come, according to whether it is waited for asleep. */
type Gap = (asleep: boolean) => number;

/** The waits of a process. */
class Waits {
  yields = 0;
  readonly #polling: Polling;

  constructor(offered = true) {
    this.#polling = new Polling(() => (offered ? () => (this.yields += 1) : null));
  }

  /** So many waits; returns for how long each was polled through, in milliseconds. */
  pass(count: number, gap: Gap): number[] {
    return Array.from({ length: count }, () => this.#pass(gap));
  }

  #pass(gap: Gap): number {
    this.#polling.idle();
    let polledMs = 0;
    for (const endMs = nowMs + gap(turns.length === 0); nowMs < endMs; nowMs += TURN_MS) {
      const due = turns.splice(0);
      if (due.length > 0) polledMs += TURN_MS;
      for (const turn of due) turn();
    }
    this.#polling.called();
    for (const turn of turns.splice(0)) turn();
    return polledMs;
  }
}

/** Which part of waits was polled through. */
const polledPart = (waitsMs: readonly number[]): number => waitsMs.filter((ms) => ms > 0).length / waitsMs.length;

const quickerAwake: Gap = (asleep) => (asleep ? 0.3 : 0.2);
const slowerAwake: Gap = (asleep) => (asleep ? 0.2 : 0.3);

test("waits that become shorter by it are polled through, and in each turn whoever else wants the CPU has it", () => {
  const waits = new Waits();
  waits.pass(200, quickerAwake);
  expect(polledPart(waits.pass(3_000, quickerAwake))).toBeGreaterThan(0.9);
  expect(waits.yields).toBeGreaterThan(3_000);
});

test("waits that don't are slept through", () => {
  const waits = new Waits();
  waits.pass(200, slowerAwake);
  expect(polledPart(waits.pass(3_000, slowerAwake))).toBeLessThan(0.1);
});

test("what is better is found out again when it has changed", () => {
  const waits = new Waits();
  for (let change = 0; change < 3; change++) {
    waits.pass(5_000, quickerAwake);
    expect(polledPart(waits.pass(3_000, quickerAwake))).toBeGreaterThan(0.9);
    waits.pass(5_000, slowerAwake);
    expect(polledPart(waits.pass(3_000, slowerAwake))).toBeLessThan(0.1);
  }
});

test("long waits are slept through, and none is polled through for longer than the limit", () => {
  const waits = new Waits();
  waits.pass(500, quickerAwake);
  const longMs = waits.pass(3_000, () => 3 * MAX_POLL_MS);
  expect(Math.max(...longMs)).toBeLessThan(MAX_POLL_MS + 3 * TURN_MS);
  expect(polledPart(longMs.slice(1_000))).toBe(0);
});

test("where the CPU can't be yielded nothing is polled through", () => {
  expect(Math.max(...new Waits(false).pass(5_000, quickerAwake))).toBeLessThanOrEqual(TURN_MS);
});
