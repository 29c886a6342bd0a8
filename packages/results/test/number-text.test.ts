import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keepsNumber } from "../src/number-text.ts";

test.each([
  ["aeson's form of a double", "1.0e-2"],
  ["what C's %.17g prints for 0.1", "0.10000000000000001"],
  ["the first 34 digits of the double 0.1", "0.1000000000000000055511151231257827"],
  ["Haskell's form of 1e23", "9.999999999999999e22"],
  ["JavaScript's form of a large integer", "123456789012345680000"],
  ["the largest safe integer", "9007199254740991"],
  ["2^70 in full", "1180591620717411303424"],
  ["2^400, of 121 digits", String(2n ** 400n)],
  ["the smallest double", "5.0e-324"],
  ["zero in any form", "0.000e5"],
  ["negative zero", "-0.0"],
])("%s is kept", (_title, source) => {
  expect(keepsNumber(source)).toBe(true);
});

test.each([
  ["an integer beyond 2^53", "9007199254740993"],
  ["its neighbour below zero", "-9007199254740993"],
  ["the same with a fraction", "9007199254740993.0"],
  ["a numerator of 27 digits", "123456789012345678901234567"],
  ["10^23 in full, which is no double", "1" + "0".repeat(23)],
  ["an integer that ends in zero, beside 2^89", "618970019642690137449562110"],
  ["2^400 + 1", String(2n ** 400n + 1n)],
  ["a fraction of 20 digits", "0.12345678901234567891"],
  ["a fraction of 17 digits that is no double's", "0.12345678901234567"],
  ["one that is too large", "1e400"],
  ["one that is too small", "1.0e-400"],
  ["one among the smallest doubles, which have few digits", "1.2345e-320"],
])("%s is not", (_title, source) => {
  expect(keepsNumber(source)).toBe(false);
});

test("every double is kept as JavaScript prints it, with any number of digits from 17 on, and all of up to 15 digits are", () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 17, max: 100 }),
      (value, digits) => {
        expect(keepsNumber(String(value))).toBe(true);
        expect(keepsNumber(value.toPrecision(digits))).toBe(true);
      },
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 15 - 1 }), fc.integer({ min: -290, max: 290 }), (digits, power) => {
      expect(keepsNumber(`${digits}e${power}`)).toBe(true);
    }),
  );
});

test("integers are kept where a double has exactly that value, or prints so", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 90n }), (integer) => {
      const isHeld = BigInt(Number(integer)) === integer || String(Number(integer)) === String(integer);
      expect(keepsNumber(String(integer))).toBe(isHeld);
    }),
  );
});
