import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { insert, keyValMap, lookup, lookupAll, memoizeWithMap, openResults, type JsonValue } from "../src/index.ts";
import { refusedRow } from "../src/row-size.ts";
import { temporaryFolder } from "./world.ts";

function chain(depth: number): JsonValue {
  let value: JsonValue = { leaf: 1 };
  for (let level = 0; level < depth; level++) value = { next: value };
  return value;
}

function depthOf(value: unknown): number {
  let depth = 0;
  for (let at = value; typeof at === "object" && at !== null && "next" in at; at = at.next) depth += 1;
  return depth;
}

describe("values and keys of great depth", () => {
  test.each([3_000, 100_000])("are stored and read at %d levels", async (depth) => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const map = keyValMap("deep", z.unknown(), z.unknown());
    await insert(map, "inserted", chain(depth))({ results });
    const compute = () => async (): Promise<unknown> => chain(depth);
    expect(depthOf(await memoizeWithMap(map, compute, "computed")({ results }))).toBe(depth);
    expect(
      depthOf(await memoizeWithMap(map, () => async () => expect.fail("computed anew"), "computed")({ results })),
    ).toBe(depth);
    await insert(map, chain(depth), 1)({ results });
    expect(await lookup(map, chain(depth))({ results })).toBe(1);
    expect((await lookupAll(map)({ results })).map(([key, value]) => [depthOf(key), depthOf(value)])).toEqual([
      [0, depth],
      [0, depth],
      [depth, 0],
    ]);
  });

  test("have a refused part named by a path that can be read", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    let value: unknown = Number.NaN;
    for (let level = 0; level < 50_000; level++) value = [value];
    const refused = insert(keyValMap("deep", z.string(), z.unknown()), "k", value)({ results });
    await expect(refused).rejects.toMatchObject({
      code: "not-json",
      message: expect.stringMatching(/^.{0,200}49980 steps\.\.\.(\[0\]){10} is NaN/),
    });
  });
});

interface Chain {
  readonly next?: Chain | undefined;
  readonly leaf?: number | undefined;
}
const recursive: z.ZodType<Chain, Chain> = z.lazy(() =>
  z.object({ next: recursive.optional(), leaf: z.number().optional() }),
);

describe("what recurses in a schema or codec", () => {
  const tooDeep = 200_000;

  test("is named with its map and key where a value is too deep for it", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const schema = keyValMap("chains", z.string(), recursive);
    const compute = () => async (): Promise<Chain> => Object(chain(tooDeep));
    const code = "too-large";
    await expect(memoizeWithMap(schema, compute, "k")({ results })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(
        /The value for key "k" of map "chains" .*call stack.*Nothing was stored\. Give the map a flatter value/,
      ),
    });
    const copy = (value: unknown): JsonValue =>
      typeof value === "object" && value !== null && "next" in value ? { next: copy(value.next) } : 1;
    const codec = keyValMap("copies", z.string(), z.unknown(), { codec: { encode: copy, decode: (json) => json } });
    await expect(insert(codec, "k", chain(tooDeep))({ results })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/key "k" of map "copies" .*codec/),
    });
    const keys = keyValMap("by chain", recursive, z.number());
    await expect(lookup(keys, Object(chain(tooDeep)))({ results })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/A key of map "by chain" /),
    });
  });

  test("is named where the stack ran out in another realm", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const fail = (): JsonValue => runInNewContext("(function down() { down(); })()");
    const codec = keyValMap("copies", z.string(), z.unknown(), { codec: { encode: fail, decode: fail } });
    await expect(insert(codec, "k", 1)({ results })).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/key "k" of map "copies" .*codec: Maximum call stack size exceeded\./),
    });
  });

  test("is named where a stored value is too deep for it", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await insert(keyValMap("chains", z.string(), z.unknown()), "k", chain(tooDeep))({ results });
    const found = lookup(keyValMap("chains", z.string(), recursive), "k")({ results });
    await expect(found).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringMatching(/key "k" of map "chains" .*call stack/),
    });
  });

  test("is named with its map and key for whatever else it throws, and the cause is kept", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const cause = new TypeError("no such unit");
    const fail = (): never => {
      throw cause;
    };
    const codec = keyValMap("units", z.string(), z.number(), { codec: { encode: fail, decode: Number } });
    await expect(insert(codec, "k", 1)({ results })).rejects.toMatchObject({
      code: "invalid-value",
      cause,
      message: expect.stringMatching(/key "k" of map "units" .*no such unit/),
    });
    const schema = keyValMap("units", z.string(), z.number().transform(fail));
    await expect(insert(schema, "k", 1)({ results })).rejects.toMatchObject({
      code: "invalid-value",
      cause,
      message: expect.stringMatching(/key "k" of map "units" .*no such unit/),
    });
  });
});

describe("what is too large", () => {
  const large = Array<string>(9).fill("x".repeat(64 * 1024 * 1024));

  test("for a string is named with its map and key, as a value and as a key", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const map = keyValMap("texts", z.unknown(), z.unknown());
    await expect(memoizeWithMap(map, () => async () => large, "k")({ results })).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(
        /The value for key "k" of map "texts" makes a longer JSON text than a string can be \(512 MB\).*Keep values of that size in files/,
      ),
    });
    await expect(lookup(map, large)({ results })).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/A key of map "texts"/),
    });
  });

  test("for a row is refused before it shares a transaction, with its size", () => {
    const row = { map: "texts", key: '"k"', value: '"€€€"' };
    expect(refusedRow(row, "results.sqlite", 14)).toBeUndefined();
    expect(refusedRow(row, "results.sqlite", 13)).toMatchObject({
      code: "too-large",
      message: expect.stringMatching(
        /The value for key "k" of map "texts" is too large for a row of results\.sqlite: 14 bytes with its key, of at most 13/,
      ),
    });
  });
});
