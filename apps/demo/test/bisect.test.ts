import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bisect } from "../src/bisect.ts";

const power = (n: number) => (y: number) => y ** n;
const anyRoot = { n: fc.integer({ min: 1, max: 6 }), x: fc.double({ min: 0, max: 1e12, noNaN: true }) };

test("the bracket encloses the target", () => {
  fc.assert(
    fc.property(fc.record({ ...anyRoot, eps: fc.double({ min: 1e-15, max: 10, noNaN: true }) }), ({ n, x, eps }) => {
      const [low, high] = bisect(power(n), x, [0, Math.max(1, x)], eps);
      expect(low ** n).toBeLessThanOrEqual(x);
      expect(high ** n).toBeGreaterThanOrEqual(x);
    }),
  );
});

test("the bracket is as narrow as was asked for, or has no number between its ends", () => {
  fc.assert(
    fc.property(fc.record({ ...anyRoot, eps: fc.double({ min: 1e-300, max: 10, noNaN: true }) }), ({ n, x, eps }) => {
      const [low, high] = bisect(power(n), x, [0, Math.max(1, x)], eps);
      const middle = low + (high - low) / 2;
      expect(high - low <= eps || middle === low || middle === high).toBe(true);
    }),
  );
});

test("a smaller eps gives a bracket inside of the larger one's", () => {
  fc.assert(
    fc.property(fc.record({ ...anyRoot, eps: fc.double({ min: 1e-12, max: 1, noNaN: true }) }), ({ n, x, eps }) => {
      const [low, high] = bisect(power(n), x, [0, Math.max(1, x)], eps);
      const [innerLow, innerHigh] = bisect(power(n), x, [0, Math.max(1, x)], eps / 2);
      expect(low <= innerLow && innerHigh <= high).toBe(true);
    }),
  );
});

test("a bracket that is narrow enough is given back as it is", () => {
  expect(bisect((y) => y, 3, [3, 3], 1e-9)).toEqual([3, 3]);
});

test("a target outside of the bracket is refused, with all numbers", () => {
  expect(() => bisect(power(2), 9, [0, 2], 1e-9)).toThrow("bisect: 9 does not lie between f(0) = 0 and f(2) = 4");
  expect(() => bisect(power(2), Number.NaN, [0, 2], 1e-9)).toThrow(RangeError);
});
