import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, canonicalKeyText } from "../src/canonical-json.ts";
import { isJson, type JsonValue } from "../src/json-value.ts";

const anyJson: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 4 });
const jsonValue = anyJson.filter(isJson);

function forAll(claim: (value: JsonValue) => void): void {
  const property = fc.property(jsonValue, (value) => {
    claim(value);
  });
  fc.assert(property);
}

function reversed(value: JsonValue): JsonValue {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

describe("canonicalJson", () => {
  test("is JSON for the same value", () => {
    forAll((value) => expect(JSON.parse(canonicalJson(value))).toEqual(value));
  });

  test("does not depend on the order of properties", () => {
    forAll((value) => expect(canonicalJson(reversed(value))).toBe(canonicalJson(value)));
  });

  test("keeps the order of arrays and sorts nested properties", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 3], a: "x\n" })).toBe('{"a":"x\\n","b":[{"c":2,"d":1},3]}');
  });
});

describe("canonicalKeyText", () => {
  test.each([
    ['{"x":1.0e-2,"n":2}', '{"n":2,"x":0.01}'],
    ["[1.0, 100, 1.0e2, 1.5e300]", "[1,100,100,1.5e+300]"],
    ["1.0e-9", "1e-9"],
    ["0.0", "0"],
    ["[-0.0]", "[-0]"],
    ["-2.50", "-2.5"],
    ['"é"', '"é"'],
  ])("reads %s as %s", (foreign, canonical) => {
    expect(canonicalKeyText(foreign)).toBe(canonical);
  });

  test.each(["9007199254740993", '{"a":1,"a":2}', "0.1000000000000000001", "1e999", "no json", ""])(
    "gives nothing for %j, which equals none of our keys",
    (foreign) => {
      expect(canonicalKeyText(foreign)).toBeUndefined();
    },
  );

  test("leaves canonical texts as they are", () => {
    forAll((value) => expect(canonicalKeyText(canonicalJson(value))).toBe(canonicalJson(value)));
  });
});
