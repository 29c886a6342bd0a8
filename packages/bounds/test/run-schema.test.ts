import { runInNewContext } from "node:vm";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, it } from "vitest";
import { isTooDeep, issueKeys, issueText, runSchema } from "../src/index.ts";

const schemaOf = (validate: (value: unknown) => unknown): StandardSchemaV1 => ({
  "~standard": { version: 1, vendor: "test", validate: validate as StandardSchemaV1["~standard"]["validate"] },
});

describe("runSchema", () => {
  it("gives a synchronous schema's result at once", () => {
    expect(
      runSchema(
        schemaOf((value) => ({ value })),
        7,
      ),
    ).toEqual({ value: 7 });
  });

  it("gives a promise of this realm for a schema that has one of another, or a thenable whose then returns nothing", async () => {
    const foreign = schemaOf((value) => runInNewContext("Promise.resolve({ value })", { value }));
    const thenable = schemaOf((value) => runInNewContext("({ then: (take) => void take({ value }) })", { value }));
    for (const schema of [foreign, thenable]) {
      const result = runSchema(schema, 7);
      expect(result).toBeInstanceOf(Promise);
      expect(await result).toEqual({ value: 7 });
    }
  });

  it("throws what the schema throws, and knows a value that is too deep for a schema that calls itself", () => {
    const endless = (): unknown => endless();
    expect(() => runSchema(schemaOf(endless), 7)).toThrow(expect.toSatisfy(isTooDeep));
    const failing = schemaOf(() => {
      throw new RangeError("7 is too much");
    });
    expect(() => runSchema(failing, 7)).toThrow(expect.not.toSatisfy(isTooDeep));
  });
});

/** Like arktype's paths: its map makes one element of none. */
class OddPath extends Array<PropertyKey> {
  override map<A>(): A[] {
    return [0 as A];
  }
}

it("issueKeys reads keys, steps that hold them, and arrays of a class of their own", () => {
  expect(issueKeys({ message: "" })).toEqual([]);
  expect(issueKeys({ message: "", path: new OddPath() })).toEqual([]);
  expect(issueKeys({ message: "", path: ["a", { key: 0 }] })).toEqual(["a", 0]);
});

it("issueText names the place once", () => {
  expect(issueText({ message: "must be a number" }, "$.a", "a")).toBe("$.a: must be a number");
  expect(issueText({ message: "a must be a number" }, "$.a", "a")).toBe("a must be a number");
  expect(issueText({ message: "must be a number" }, "", "")).toBe("must be a number");
});
