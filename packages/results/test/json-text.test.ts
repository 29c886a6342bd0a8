import * as fc from "fast-check";
import { expect, test } from "vitest";
import { writeJson } from "../src/json-text.ts";
import { asJson } from "../src/json-value.ts";

test("it prints what JSON.stringify prints, where that changes no -0", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value: unknown) => {
      const look = asJson(value);
      fc.pre(look !== undefined && !look.negativeZero);
      expect(writeJson(look.json)).toBe(JSON.stringify(value));
    }),
  );
});

test("it prints at any depth", () => {
  const text = `${'{"next":['.repeat(50_000)}1${"]}".repeat(50_000)}`;
  expect(writeJson(JSON.parse(text)) === text).toBe(true);
});
