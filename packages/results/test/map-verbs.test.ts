import { runInNewContext } from "node:vm";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, test } from "vitest";
import { z } from "zod";
import { insert, keyValMap, lookup, lookupAll, lookupDefault, openResults, ResultsError } from "../src/index.ts";
import { brackets, root, temporaryFolder } from "./world.ts";

const codeOf = (code: string): unknown => expect.objectContaining({ name: "ResultsError", code });

test("an entry is found by an equal key, in this run and in the next", async () => {
  using folder = temporaryFolder();
  {
    await using results = await openResults({ path: folder.database, programId: "first" });
    await insert(brackets, { n: 2, x: 2, eps: 0.5 }, [1, 1.5])({ results });
    expect(await lookup(brackets, { eps: 0.5, x: 2, n: 2 })({ results })).toEqual([1, 1.5]);
  }
  await using results = await openResults({ path: folder.database, programId: "secnd" });
  expect(await lookup(brackets, { n: 2, x: 2, eps: 0.5 })({ results })).toEqual([1, 1.5]);
  expect(await lookup(brackets, root(3))({ results })).toBeUndefined();
});

test("the newest entry of a key wins, and lookupAll has each key once", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  await insert(brackets, root(1), [1, 1])({ results });
  await insert(brackets, root(2), [2, 2])({ results });
  await insert(brackets, root(1), [3, 3])({ results });
  expect(await lookup(brackets, root(1))({ results })).toEqual([3, 3]);
  expect(await lookupAll(brackets)({ results })).toEqual([
    [root(2), [2, 2]],
    [root(1), [3, 3]],
  ]);
});

test("maps of different names do not see each other's entries", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const other = keyValMap("other", brackets.key, brackets.value);
  await insert(brackets, root(1), [1, 1])({ results });
  expect(await lookup(other, root(1))({ results })).toBeUndefined();
  expect(await lookupAll(other)({ results })).toEqual([]);
});

test("lookupDefault gives its fallback for an absent key only", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  await insert(brackets, root(1), [1, 1])({ results });
  expect(await lookupDefault(brackets, [0, 0], root(1))({ results })).toEqual([1, 1]);
  expect(await lookupDefault(brackets, [0, 0], root(2))({ results })).toEqual([0, 0]);
});

test("keys are compared as their schema parses them, defaults and transformations included", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const key = z.object({ name: z.string().transform((name) => name.toLowerCase()), eps: z.number().default(0.1) });
  const map = keyValMap("transformed", key, z.number());
  await insert(map, { name: "Sigma" }, 1)({ results });
  expect(await lookup(map, { name: "SIGMA", eps: 0.1 })({ results })).toBe(1);
  expect(await lookupAll(map)({ results })).toEqual([[{ name: "sigma", eps: 0.1 }, 1]]);
});

test("values are stored and returned as they were given, also with transforming and async schemas", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const late = z
    .string()
    .refine(async (text) => text !== "bad")
    .transform((text) => text.length);
  const map = keyValMap(
    "late",
    z.string().refine(async () => true),
    late,
  );
  await insert(map, "k", "four")({ results });
  expect(await lookup(map, "k")({ results })).toBe("four");
  await expect(insert(map, "k", "bad")({ results })).rejects.toEqual(codeOf("invalid-value"));
});

test("a schema's promise of another realm is waited for", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const validate = (value: unknown): Promise<StandardSchemaV1.Result<number>> =>
    runInNewContext("Promise.resolve(value > 0 ? { value } : { issues: [{ message: 'too small' }] })", { value });
  const schema: StandardSchemaV1<number> = { "~standard": { version: 1, vendor: "test", validate } };
  const map = keyValMap("realms", schema, schema);
  await insert(map, 1, 2)({ results });
  expect(await lookupAll(map)({ results })).toEqual([[1, 2]]);
  await expect(insert(map, 1, -2)({ results })).rejects.toEqual(codeOf("invalid-value"));
  await expect(insert(map, -1, 2)({ results })).rejects.toEqual(codeOf("invalid-key"));
});

test("plain objects and arrays of another realm are stored like this realm's, and instances of its classes are refused", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const map = keyValMap("loose", z.unknown(), z.unknown());
  await insert(map, runInNewContext("[{ a: 1 }]"), runInNewContext("({ list: [1, { b: null }] })"))({ results });
  expect(await lookup(map, [{ a: 1 }])({ results })).toEqual({ list: [1, { b: null }] });
  for (const other of [
    "new (class A {})",
    "new (class B extends Array {})",
    "new Map()",
    "Object.create({ inherited: 1 })",
    "Object.create(Object.create(null))",
    "new Date(5)",
  ]) {
    await expect(insert(map, "k", runInNewContext(other))({ results })).rejects.toEqual(codeOf("not-json"));
  }
});

test("a key or value that its schema refuses is named with the place in it, and a key is shown", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const wrongKey = lookup(brackets, { n: 1.5, x: 2, eps: 1 })({ results });
  await expect(wrongKey).rejects.toThrow(
    /map "binary_root_search" does not fit its schema: \$\.n: .*\. The key is \{ n: 1\.5, x: 2, eps: 1 \}\. Correct the key/,
  );
  const short = keyValMap("short", z.string(), z.object({ points: z.array(z.number().max(9)) }));
  await expect(insert(short, "k", { points: [1, 10] })({ results })).rejects.toThrow(/"short".*\$\.points\[1\]: /);
  expect(await lookup(short, "k")({ results })).toBeUndefined();
});

test("a path that is an array of a class of its own, and stands in the message, as arktype's, is shown once", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  class Path extends Array<PropertyKey> {
    constructor(...steps: readonly PropertyKey[]) {
      super();
      this.push(...steps);
    }
  }
  const refusing = (message: string, path: Path): StandardSchemaV1<string> => ({
    "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message, path }] }) },
  });
  const storing = (message: string, path: Path): Promise<void> =>
    insert(keyValMap("m", z.string(), refusing(message, path)), "k", "x")({ results });
  await expect(storing("must be a number", new Path())).rejects.toThrow(/its schema: \$: must be a number\./);
  await expect(storing("a.b must be a number", new Path("a", "b"))).rejects.toThrow(
    /its schema: a\.b must be a number\./,
  );
});

test("what JSON would change is refused by path, in values and in keys", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const map = keyValMap("loose", z.unknown(), z.unknown());
  const nan = insert(map, "k", { points: [0, Number.NaN] })({ results });
  await expect(nan).rejects.toThrow(/\$\.points\[1\] is NaN\. Nothing was stored\. Give the map a codec/);
  await expect(insert(map, { at: new Date(0) }, 1)({ results })).rejects.toThrow(/\$\.at is a Date/);
  expect(results.counters.inserts).toBe(0);
});

test("a codec stores what JSON has no form for", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const map = keyValMap("big", z.string(), z.array(z.bigint()), {
    codec: { encode: (list) => list.map(String), decode: (json) => z.array(z.string()).parse(json).map(BigInt) },
  });
  await insert(map, "k", [2n ** 70n, -1n])({ results });
  expect(await lookup(map, "k")({ results })).toEqual([2n ** 70n, -1n]);
});

test("a stored row that no longer fits the schema is an error that says where and what to do", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  await insert(keyValMap("grown", z.string(), z.object({ a: z.number() })), "k", { a: 1 })({ results });
  const grown = keyValMap("grown", z.string(), z.object({ a: z.number(), b: z.number() }));
  const error = await lookup(grown, "k")({ results }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ResultsError);
  expect(error).toEqual(codeOf("unreadable"));
  expect(String(error)).toMatch(/key "k" of map "grown" no longer fits: \$\.b: .*Widen the value schema/);
});

test("a map without a name is refused", () => {
  expect(() => keyValMap("", z.string(), z.string())).toThrow(RangeError);
});
