import * as fc from "fast-check";
import { expect, test } from "vitest";
import { writeJson } from "../src/json-text.ts";
import { asJson, findNotJson, isJson } from "../src/json-value.ts";

class Point {
  readonly x = 1;
}

const cycle: { inner: unknown[] } = { inner: [] };
cycle.inner.push(cycle);

test.each([
  ["NaN", { points: [1, 2, 3, Number.NaN] }, "$.points[3]", "NaN"],
  ["an infinite number", [-Infinity], "$[0]", "-Infinity"],
  ["undefined in an array", [1, undefined], "$[1]", "undefined"],
  ["a hole in an array", Array.from({ length: 0 }).concat(Array(1)), "$[0]", "undefined"],
  ["undefined as a property", { a: { b: undefined } }, "$.a.b", "undefined"],
  ["a BigInt", { n: 1n }, "$.n", "a BigInt"],
  ["a Date", { "made at": new Date(0) }, '$["made at"]', "a Date"],
  ["a Map", new Map(), "$", "a Map"],
  ["a typed array", { data: new Float64Array(2) }, "$.data", "a Float64Array"],
  ["an instance of a class", [new Point()], "$[0]", "a Point"],
  ["an error", new RangeError("x"), "$", "a RangeError"],
  ["a function", { run: () => 1 }, "$.run", "a function"],
  ["a symbol", [Symbol("s")], "$[0]", "a symbol"],
  ["a property named by a symbol", { [Symbol("s")]: 1 }, "$", "an object with a property named by a symbol"],
  ["an array with named properties", Object.assign([1], { extra: 2 }), "$", "an array with named properties"],
  ["a cycle", cycle, "$.inner[0]", "a reference to an object that contains it"],
])("finds %s by its path", (_title, value, at, found) => {
  expect(findNotJson(value)).toEqual({ at, found });
});

test("takes the same object twice, where neither contains the other", () => {
  const shared = { x: 1 };
  expect(isJson([shared, shared])).toBe(true);
});

test("takes -0, which JSON.parse reads, and writes it", () => {
  expect(asJson([1, { x: -0 }])).toMatchObject({ negativeZero: true });
  expect(asJson([0])).toEqual({ json: [0], negativeZero: false });
  expect(JSON.parse(writeJson([-0, { x: -0 }]))).toEqual([-0, { x: -0 }]);
});

test("whatever it takes comes back from JSON as it was", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withTypedArray: true,
    withSparseArray: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      fc.pre(isJson(value));
      const back: unknown = JSON.parse(writeJson(value));
      expect(back).toEqual(value);
    }),
  );
});
