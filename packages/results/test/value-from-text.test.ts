import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  insert,
  keyValMap,
  lookup,
  lookupAll,
  lookupDefault,
  memoizeWithMap,
  openResults,
  type TextCodec,
} from "../src/index.ts";
import { writtenByHyperion } from "./hyperion-rows.ts";
import { temporaryFolder } from "./world.ts";

const RATIO_TEXT = '{"numerator":123456789012345678901234567,"denominator":1000000000000000000003}';

describe("a stored number that JavaScript would change", () => {
  test.each([
    ["an integer beyond 2^53", "9007199254740993", "$", "9007199254740993", "9007199254740992"],
    ["a ratio", RATIO_TEXT, "$.numerator", "123456789012345678901234567", "1.2345678901234568e+26"],
    ["one too large for a double", '{"x":[0,1e400]}', "$.x[1]", "1e400", "Infinity"],
    ["one too small", "[1.0e-400]", "$[0]", "1.0e-400", "0"],
    ["a fraction of many digits", "0.12345678901234567891", "$", "0.12345678901234567891", "0.12345678901234568"],
  ])(
    "is refused by map, key, place and digits, and nothing is computed anew: %s",
    async (_title, value, ...[at, digits, rounded]) => {
      using folder = temporaryFolder();
      writtenByHyperion(folder.database, [["exact", '{"n":2.0}', value]]);
      await using results = await openResults({ path: folder.database, programId: "prog1" });
      const map = keyValMap("exact", z.object({ n: z.number() }), z.unknown());
      const coded = keyValMap("exact", map.key, z.unknown(), { codec: { encode: () => 1, decode: (json) => json } });
      const never = () => async (): Promise<unknown> => expect.fail("it was computed anew");
      const outcomes = await Promise.allSettled([
        lookup(map, { n: 2 })({ results }),
        lookup(coded, { n: 2 })({ results }),
        lookupDefault(map, 0, { n: 2 })({ results }),
        lookupAll(map)({ results }),
        memoizeWithMap(map, never, { n: 2 })({ results }),
      ]);
      const message = `The stored value for key {"n":2} of map "exact" would change when it is read: ${at} is ${digits}, which JavaScript reads as ${rounded}. Read it by a codec`;
      const refused = {
        status: "rejected",
        reason: expect.objectContaining({ code: "unreadable", message: expect.stringContaining(message) }),
      };
      expect(outcomes).toEqual(outcomes.map(() => refused));
    },
  );

  test("is a property that is there twice, too", async () => {
    using folder = temporaryFolder();
    writtenByHyperion(folder.database, [["twice", "1", '{"a":1,"a":2}']]);
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const found = lookup(keyValMap("twice", z.number(), z.unknown()), 1)({ results });
    await expect(found).rejects.toThrow(
      /map "twice" would change when it is read: \$\.a is there twice, of which JavaScript reads the last/,
    );
  });
});

test.each([
  [
    "doubles as aeson and C write them",
    "[1.0e-2,-2.50,1.5e300,0.10000000000000001,9.999999999999999e22]",
    [0.01, -2.5, 1.5e300, 0.1, 1e23],
  ],
  ["negative zero", "-0.0", -0],
  ["a large integer that is a double", "1180591620717411303424", 2 ** 70],
  ["half of a surrogate pair", String.raw`"a\ud800"`, "a\ud800"],
  ["a NUL", String.raw`"1\u00002"`, "1\u00002"],
])("what a double or string can hold is read whatever its form: %s", async (_title, text, value) => {
  using folder = temporaryFolder();
  writtenByHyperion(folder.database, [["forms", "1", text]]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(await lookup(keyValMap("forms", z.number(), z.unknown()), 1)({ results })).toEqual(value);
});

test("strings with NUL, lone surrogates and U+FFFD, and properties called __proto__, come back as they were", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const map = keyValMap("odd", z.unknown(), z.unknown());
  const odd: unknown = JSON.parse(String.raw`{"__proto__":{"a\u0000b":"\ud800 � é"},"\udc00":1}`);
  await insert(map, odd, odd)({ results });
  const found = await lookup(map, odd)({ results });
  expect(JSON.stringify(found)).toBe(JSON.stringify(odd));
  expect(Object.keys(Object(found))).toEqual(["__proto__", "\udc00"]);
  const [[key] = []] = await lookupAll(map)({ results });
  expect(Object.keys(Object(key))).toEqual(["__proto__", "\udc00"]);
});

test("a stored null is a value, and no reason for the fallback", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const map = keyValMap("perhaps", z.number(), z.number().nullable());
  await insert(map, 1, null)({ results });
  expect(await lookupDefault(map, 7, 1)({ results })).toBeNull();
  expect(await lookupDefault(map, 7, 2)({ results })).toBe(7);
});

const ratio = z.object({ numerator: z.bigint(), denominator: z.bigint() });

const RATIO_CODEC: TextCodec<z.infer<typeof ratio>> = {
  stringify: ({ numerator, denominator }) => `{"numerator":${numerator},"denominator":${denominator}}`,
  parse: (text) =>
    JSON.parse(text, (_name, value: unknown, context?: { source?: string }) =>
      typeof value === "number" ? BigInt(context?.source ?? value) : value,
    ),
};

describe("a codec that sees the text", () => {
  test("reads Hyperion's ratios with all digits, and writes them as Hyperion does", async () => {
    using folder = temporaryFolder();
    writtenByHyperion(folder.database, [
      ["ratios", "1", RATIO_TEXT],
      ["ratios", "2", '{"numerator":1,"denominator":2}'],
    ]);
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const map = keyValMap("ratios", z.number(), ratio, { codec: RATIO_CODEC });
    const [large, small] = [
      { numerator: 123456789012345678901234567n, denominator: 1000000000000000000003n },
      { numerator: 1n, denominator: 2n },
    ];
    expect(await lookup(map, 1)({ results })).toEqual(large);
    expect(await memoizeWithMap(map, () => async () => small, 3)({ results })).toEqual(small);
    await insert(map, 4, large)({ results });
    expect(await lookupAll(map)({ results })).toEqual([
      [1, large],
      [2, small],
      [3, small],
      [4, large],
    ]);
    expect(await results.lookup("ratios", "4")).toBe(RATIO_TEXT);
  });

  test.each([
    [
      "no JSON",
      "1/3",
      /key 1 of map "m" became no JSON \(.*Nothing was stored\. Let the codec's stringify give JSON text/,
    ],
    ["what SQLite would replace", '"\ud800"', /key 1 of map "m" became a text with half of a surrogate pair/],
  ])("is refused where it gives %s", async (_title, text, message) => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const map = keyValMap("m", z.number(), z.string(), { codec: { stringify: () => text, parse: String } });
    await expect(insert(map, 1, "x")({ results })).rejects.toMatchObject({
      code: "not-json",
      message: expect.stringMatching(message),
    });
    expect(results.counters.inserts).toBe(0);
  });
});

test("a name that SQLite would change is refused, because two maps could become one", () => {
  expect(() => keyValMap("a\ud800", z.string(), z.string())).toThrow(/half of a surrogate pair/);
});
