import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { exactForm, isOnlyUndefined, markedJson, readExact, unmarked } from "../src/exact-form.ts";
import { writeJson } from "../src/json-text.ts";
import { insert, keyValMap, lookup, lookupAll, lookupDefault, memoizeWithMap, openResults } from "../src/index.ts";
import { temporaryFolder } from "./world.ts";

function written(value: unknown): string | undefined {
  const form = exactForm(value);
  return "json" in form ? writeJson(markedJson(form, { kept: true })) : undefined;
}

class Point {
  readonly x = 1;
}

describe("the exact form", () => {
  test("gives back whatever it takes", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const text = written(value);
        fc.pre(text !== undefined);
        expect(readExact(text)).toEqual({ value, kept: true, onlyUndefined: expect.any(Boolean) });
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["what a class has", new Point(), { x: 1 }],
    ["an error", new RangeError("far"), { name: "RangeError", message: "far", stack: expect.stringContaining("far") }],
    ["a regular expression", /a\/b/gi, /a\/b/gi],
    ["a part of a buffer", new Float64Array([1, -0, Number.NaN]).subarray(1), new Float64Array([-0, Number.NaN])],
    [
      "Maps in Maps, with keys of all kinds",
      new Map([[new Set([1n]), new Map([[undefined, -0]])]]),
      new Map([[new Set([1n]), new Map([[undefined, -0]])]]),
    ],
    ["properties of bad names", JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ])("keeps %s", (_title, value, back) => {
    expect(readExact(written(value) ?? "")?.value).toEqual(back);
  });

  test.each([
    ["a function", { run: () => 1 }, "$.run", "a function"],
    ["a promise", [Promise.resolve()], "$[0]", "a Promise"],
    ["a symbol in a Map", new Map([[1, Symbol("s")]]), "$[0][1]", "a symbol"],
  ])("has none for %s, by its path", (_title, value, at, found) => {
    expect(exactForm(value)).toEqual({ at, found });
  });

  test("has none for a cycle, and takes an object twice", () => {
    const cycle: unknown[] = [new Date(0)];
    cycle.push({ inner: cycle });
    expect(exactForm(cycle)).toEqual({ at: "$[1].inner", found: "a reference to an object that contains it" });
    expect(exactForm([cycle[0], cycle[0]])).toMatchObject({
      json: ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"],
    });
  });

  test("tells only undefined from more, and is taken for no plain value, nor a plain value for it", () => {
    const has = (value: unknown): boolean => {
      const form = exactForm(value);
      return "json" in form && isOnlyUndefined(form);
    };
    expect([has([undefined, { a: undefined }, -0]), has([undefined, Number.NaN])]).toEqual([true, false]);
    const alike = JSON.stringify({ "hyperion-ts": { changes: [], json: 1 } });
    expect(readExact(unmarked(alike))).toBeUndefined();
    expect(JSON.parse(unmarked(alike))).toEqual(JSON.parse(alike));
  });

  test("has no limit of depth", () => {
    let value: unknown = Number.NaN;
    for (let level = 0; level < 100_000; level++) value = [value];
    let back = readExact(written(value) ?? "")?.value;
    while (Array.isArray(back)) back = back[0];
    expect(back).toBeNaN();
  });
});

describe("-0 and undefined", () => {
  const map = keyValMap("loose", z.unknown(), z.unknown());

  test.each([
    [-0],
    [{ x: -0, y: [0, -0] }],
    [undefined],
    [[1, undefined, null]],
    [{ a: undefined }],
    [{ "hyperion-ts": { changes: [], json: 1 } }],
  ])("come back as they were, as a value: %j", async (value) => {
    using folder = temporaryFolder();
    {
      await using results = await openResults({ path: folder.database, programId: "prog1" });
      expect(await memoizeWithMap(map, () => async () => value, "computed")({ results })).toStrictEqual(value);
      await insert(map, "inserted", value)({ results });
    }
    await using results = await openResults({ path: folder.database, programId: "prog2" });
    expect(
      await memoizeWithMap(map, () => async () => expect.fail("computed anew"), "computed")({ results }),
    ).toStrictEqual(value);
    expect(await lookupDefault(map, "absent", "inserted")({ results })).toStrictEqual(value);
    expect(await lookupAll(map)({ results })).toStrictEqual([
      ["computed", value],
      ["inserted", value],
    ]);
  });

  test("are keys of their own: -0 is not 0, a property that is undefined is none, undefined in an array is not null", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const keys = [
      0,
      -0,
      { x: 1, y: undefined },
      [1, undefined],
      [1, null],
      undefined,
      { x: -0 },
      { "hyperion-ts": { changes: [], json: 1 } },
    ];
    for (const [index, key] of keys.entries()) await insert(map, key, index)({ results });
    for (const [index, key] of keys.entries()) expect(await lookup(map, key)({ results })).toBe(index);
    expect(await lookup(map, { x: 1 })({ results })).toBe(2);
    expect((await lookupAll(map)({ results })).map(([key]) => key)).toStrictEqual(keys.with(2, { x: 1 }));
  });

  test("a sweep through zero goes on", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const sweep = keyValMap("sweep", z.number(), z.number());
    const angles = [-1, -0, 0, 1].map((y) =>
      memoizeWithMap(sweep, (key) => async () => Math.atan2(key, -1), y)({ results }),
    );
    expect(await Promise.all(angles)).toEqual([-1, -0, 0, 1].map((y) => Math.atan2(y, -1)));
  });
});

describe("a computed value that JSON would change", () => {
  const loose = keyValMap("loose", z.number(), z.any());
  const coded = keyValMap("loose", z.number(), z.any(), { codec: { encode: String, decode: String } });
  const never = () => async (): Promise<never> => expect.fail("it was computed anew");

  test("fails its call alone, is kept, and is read by a later version of the map with a codec", async () => {
    using folder = temporaryFolder();
    const date = new Date(5);
    {
      await using results = await openResults({ path: folder.database, programId: "prog1" });
      const calls = [1, 2, 3].map((x) =>
        memoizeWithMap(loose, (key) => async () => (key === 2 ? { at: date, n: 10n } : key), x)({ results }),
      );
      const equal = memoizeWithMap(loose, never, 2)({ results });
      const message =
        'The value for key 2 of map "loose" would not come back from JSON as it is: $.at is a Date. It is kept, and is read, not computed again, when the map can hold it. Give the map a codec';
      const refused = {
        status: "rejected",
        reason: expect.objectContaining({ code: "not-json", message: expect.stringContaining(message) }),
      };
      expect(await Promise.allSettled([...calls, equal])).toEqual([
        { status: "fulfilled", value: 1 },
        refused,
        { status: "fulfilled", value: 3 },
        refused,
      ]);
    }
    await using results = await openResults({ path: folder.database, programId: "prog2" });
    const again = {
      code: "not-json",
      message: expect.stringMatching(
        /key 2 of map "loose" has been computed, and .*: \$\.at is a Date\. It is kept, and is read when the map has a codec/,
      ),
    };
    await expect(memoizeWithMap(loose, never, 2)({ results })).rejects.toMatchObject(again);
    await expect(lookup(loose, 2)({ results })).rejects.toMatchObject(again);
    expect(await lookupAll(loose)({ results })).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(await memoizeWithMap(coded, never, 2)({ results })).toEqual({ at: date, n: 10n });
    expect((await lookupAll(coded)({ results })).find(([key]) => key === 2)).toEqual([2, { at: date, n: 10n }]);
    const strict = keyValMap("loose", z.number(), z.string(), { codec: { encode: String, decode: String } });
    await expect(lookup(strict, 2)({ results })).rejects.toMatchObject({ code: "unreadable" });
  });

  test("is kept where its codec fails, too, and read when the codec is mended", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const broken = keyValMap("loose", z.number(), z.any(), {
      codec: {
        encode: (value) => (value === 7 ? { f: Object(Symbol("s")) } : expect.fail("no such unit")),
        decode: Number,
      },
    });
    for (const key of [7, 8])
      await expect(memoizeWithMap(broken, (x) => async () => x, key)({ results })).rejects.toThrow(
        /It is kept, and is read/,
      );
    for (const key of [7, 8]) expect(await memoizeWithMap(loose, never, key)({ results })).toBe(key);
  });

  test.each([
    ["the schema refuses it", keyValMap("m", z.number(), z.number().max(1)), 5, "invalid-value"],
    ["nothing can hold it", loose, { f: () => 1 }, "not-json"],
  ])("is not kept where %s", async (_title, map, value, code) => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await expect(
      memoizeWithMap(map, () => async () => (Object(value).f ? value : Number(value)), 1)({ results }),
    ).rejects.toMatchObject({ code, message: expect.stringContaining("Nothing was stored") });
    expect(results.counters.inserts).toBe(0);
  });
});
