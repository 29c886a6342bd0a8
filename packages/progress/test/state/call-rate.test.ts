import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addSample, callRate, type CallSample, meanCallRate } from "../../src/state/call-rate.ts";

/** Samples from pairs of a time in seconds and the calls that had ended then. */
const samples = (...pairs: readonly (readonly [seconds: number, ended: number])[]): readonly CallSample[] =>
  pairs.map(([seconds, ended]) => ({ atMs: seconds * 1_000, ended })).reduce(addSample, []);

/** What is told each tenth of a second, while counts come once a second: `endedAt` says how many calls have ended at a second. */
function told(
  seconds: number,
  endedAt: (second: number) => number,
): readonly { readonly atS: number; readonly rate: number }[] {
  let known = samples([0, 0]);
  return Array.from({ length: seconds * 10 }, (_, i) => i / 10).map((atS) => {
    if (Number.isInteger(atS)) known = addSample(known, { atMs: atS * 1_000, ended: endedAt(atS) });
    return { atS, rate: callRate(known, atS * 1_000) };
  });
}

describe("the rate of calls", () => {
  test.each([
    { story: "nothing is known", given: samples(), nowS: 10, rate: 0 },
    { story: "no call has ended", given: samples([0, 0]), nowS: 10, rate: 0 },
    { story: "one end came soon", given: samples([0, 0], [2, 2]), nowS: 3, rate: 0 },
    { story: "one end came late", given: samples([0, 0], [3_600, 2]), nowS: 3_600, rate: 2 / 3_600 },
    {
      story: "workers that load a large module are no slow calls",
      given: samples([0, 0], [9, 2], [10, 14], [11, 26]),
      nowS: 11,
      rate: 12,
    },
    { story: "all in the window", given: samples([0, 0], [1, 12], [2, 24]), nowS: 2, rate: 12 },
    {
      story: "it is the same until new counts are late",
      given: samples([0, 0], [1, 12], [2, 24]),
      nowS: 3.4,
      rate: 12,
    },
    { story: "it decays while nothing ends", given: samples([0, 0], [1, 12], [2, 24]), nowS: 4.5, rate: 6 },
    {
      story: "a slow start is forgotten",
      given: samples([0, 0], [100, 1], [101, 11], [102, 21], [110, 101]),
      nowS: 110,
      rate: 10,
    },
    { story: "few calls make the window longer", given: samples([0, 0], [50, 8], [100, 13]), nowS: 100, rate: 0.1 },
  ])("$story: $rate/s", ({ given, nowS, rate }) => {
    expect(callRate(given, nowS * 1_000)).toBeCloseTo(rate);
  });

  test("of steady calls does not change from draw to draw", () => {
    for (const { atS, rate } of told(60, (second) => second * 6)) if (atS >= 3) expect(rate).toBeCloseTo(6);
  });

  test("of workers that end together does not jump with each burst", () => {
    for (const { atS, rate } of told(120, (second) => Math.floor(second / 7) * 2))
      if (atS >= 14) expect(rate).toBeCloseTo(2 / 7);
  });

  test("of irregular calls moves by little from second to second", () => {
    const lengths = fc.array(fc.integer({ min: 2, max: 8 }), { minLength: 60, maxLength: 60 });
    const property = fc.property(lengths, (lengths) => {
      const endedBy = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
      const rates = told(60, (second) => endedBy[second] ?? 0).filter(({ atS }) => atS >= 10 && Number.isInteger(atS));
      for (const [i, { rate }] of rates.entries()) {
        const before = rates[i - 1]?.rate ?? rate;
        expect(Math.abs(rate - before) / before).toBeLessThan(0.35);
      }
    });
    fc.assert(property);
  });

  test("follows calls that become slower", () => {
    const rates = told(60, (second) => (second <= 30 ? second * 10 : 300 + (second - 30)));
    expect(rates.at(299)?.rate).toBeCloseTo(10);
    expect(rates.at(-1)?.rate).toBeCloseTo(1);
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
      if (calls > 0) all.push(sample);
      kept = addSample(kept, sample);
      expect(kept.length).toBeLessThan(35);
      expect(callRate(kept, sample.atMs)).toBe(callRate(all, sample.atMs));
    }
  });
  fc.assert(property);
});
