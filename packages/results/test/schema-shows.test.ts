import { describe, expect, test } from "vitest";
import { z } from "zod";
import { keyValMap } from "../src/index.ts";

describe("a schema that shows what JSON would change", () => {
  test.each([
    ["a Date", z.object({ runs: z.array(z.object({ at: z.date().optional() })) }), '$.runs["*"].at'],
    ["a BigInt", z.tuple([z.number(), z.bigint()]), "$[1]"],
    ["NaN", z.number().or(z.nan()), "$"],
    ["a Map", z.record(z.string(), z.map(z.string(), z.number())), '$["*"]'],
    ["a Set", z.intersection(z.object({ a: z.number() }), z.object({ b: z.set(z.number()).readonly() })), "$.b"],
    ["a Date", z.date().transform((date) => date.toISOString()), "$"],
  ])("is refused before anything is computed, unless there is a codec: %s", (found, schema, at) => {
    expect(() => keyValMap("m", z.string(), schema)).toThrow(
      `keyValMap "m": a value may be ${found} at ${at}, which JSON would change. Give the map a codec`,
    );
    expect(keyValMap("m", z.string(), schema, { codec: { encode: String, decode: () => Object(1) } }).name).toBe("m");
  });

  test("is taken where a value is given as JSON, or may be anything, also for itself", () => {
    interface Tree {
      readonly children: readonly Tree[];
    }
    const tree: z.ZodType<Tree, Tree> = z.object({
      get children() {
        return z.array(tree);
      },
    });
    const iso = z.codec(z.iso.datetime(), z.date(), {
      decode: (text) => new Date(text),
      encode: (date) => date.toISOString(),
    });
    for (const schema of [
      z.any(),
      z.unknown(),
      z.custom<Date>(),
      z.coerce.date(),
      iso,
      tree,
      z.lazy(() => z.date()),
      z.undefined(),
      z.void(),
      z.preprocess(String, z.string()),
    ]) {
      expect(keyValMap("m", z.string(), schema).value).toBe(schema);
    }
  });

  test("is refused for a key by what the key becomes", () => {
    expect(() => keyValMap("m", z.object({ at: z.coerce.date() }), z.number())).toThrow(
      /keyValMap "m": a key may have a Date at \$\.at, which JSON would change\. Let the key schema make a string/,
    );
    expect(
      keyValMap(
        "m",
        z.date().transform((date) => date.getTime()),
        z.number(),
      ).name,
    ).toBe("m");
  });
});
