import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addSample, callRate, type CallSample, meanCallRate } from "../../src/progress/call-rate.ts";

/** Samples from pairs of a time in seconds and the calls that had ended then. */
const samples = (...pairs: readonly (readonly [seconds: number, ended: number])[]): readonly CallSample[] =>
  pairs.map(([seconds, ended]) => ({ atMs: seconds * 1_000, ended })).reduce(addSample, []);

describe("the rate of calls", () => {
  test.each([
    { story: "nothing is known", given: samples(), nowS: 10, rate: 0 },
    { story: "no call has ended", given: samples([0, 0]), nowS: 10, rate: 0 },
    { story: "all in the window", given: samples([0, 0], [1, 12], [2, 24]), nowS: 2, rate: 12 },
    { story: "it decays while nothing ends", given: samples([0, 0], [1, 12], [2, 24]), nowS: 4, rate: 6 },
    { story: "a slow start is forgotten", given: samples([0, 0], [100, 1], [101, 11], [102, 21], [110, 101]), nowS: 110, rate: 10 },
    { story: "a pause before the window does not count", given: samples([0, 0], [1, 100], [60, 130]), nowS: 61, rate: 3 },
    { story: "with few calls in the window, the whole run counts", given: samples([0, 0], [50, 8], [100, 10]), nowS: 100, rate: 0.1 },
  ])("$story: $rate/s", ({ given, nowS, rate }) => {
    expect(callRate(given, nowS * 1_000)).toBeCloseTo(rate);
  });

  test("of what is finished is the mean up to the last call", () => {
    expect(meanCallRate(samples([0, 0], [5, 20], [10, 50], [90, 50]))).toBe(5);
    expect(meanCallRate([])).toBe(0);
  });
});

test("samples stay few, and tell the same rate as all of them", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 900, max: 5_000 }), fc.nat(20)), { maxLength: 60 });
  const property = fc.property(steps, (steps) => {
    const all: CallSample[] = [{ atMs: 0, ended: 0 }];
    let kept: readonly CallSample[] = addSample([], { atMs: 0, ended: 0 });
    for (const [ms, calls] of steps) {
      const { atMs, ended } = all.at(-1) ?? { atMs: 0, ended: 0 };
      const sample = { atMs: atMs + ms, ended: ended + calls };
      all.push(sample);
      kept = addSample(kept, sample);
      expect(kept.length).toBeLessThan(15);
      expect(callRate(kept, sample.atMs)).toBe(callRate(all, sample.atMs));
    }
  });
  fc.assert(property);
});
