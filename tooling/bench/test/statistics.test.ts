import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, quantile } from "../src/statistics.ts";

const samples = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });

describe("quantile", () => {
  it("lies between two samples", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1])).toBe(2.5);
    expect(quantile([10, 20], 0.9)).toBeCloseTo(19);
  });

  it("goes from the least sample to the greatest, and never down", () => {
    fc.assert(
      fc.property(
        samples,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (xs, a, b) => {
          expect(quantile(xs, 0)).toBe(Math.min(...xs) + 0);
          expect(quantile(xs, 1)).toBe(Math.max(...xs) + 0);
          expect(quantile(xs, Math.min(a, b))).toBeLessThanOrEqual(quantile(xs, Math.max(a, b)) + 1e-6);
        },
      ),
    );
  });

  it("is refused for no samples", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});
