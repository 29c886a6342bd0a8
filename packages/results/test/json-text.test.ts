import * as fc from "fast-check";
import { expect, test } from "vitest";
import { writeJson } from "../src/json-text.ts";
import { isJson } from "../src/json-value.ts";

test("it prints what JSON.stringify prints", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value: unknown) => {
      fc.pre(isJson(value));
      expect(writeJson(value)).toBe(JSON.stringify(value));
    }),
  );
});

test("it prints at any depth", () => {
  const text = `${'{"next":['.repeat(50_000)}1${"]}".repeat(50_000)}`;
  expect(writeJson(JSON.parse(text)) === text).toBe(true);
});
