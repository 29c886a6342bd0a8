import { expect, test } from "vitest";
import { z } from "zod";
import { insert, keyValMap, lookup, lookupAll, openResults } from "../src/index.ts";
import { writtenByHyperion } from "./hyperion-rows.ts";
import { brackets, temporaryFolder } from "./world.ts";

test("rows that Hyperion wrote are found by key, whatever its order of properties and form of numbers", async () => {
  using folder = temporaryFolder();
  writtenByHyperion(folder.database, [
    ["binary_root_search", '{"x":2.0,"n":2,"eps":1.0e-2}', "[1.4140625,1.421875]"],
    ["binary_root_search", '{"n":3,"x":100.5,"eps":1.0e-9}', "[4.649,4.65]"],
  ]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(await lookup(brackets, { n: 2, x: 2, eps: 0.01 })({ results })).toEqual([1.4140625, 1.421875]);
  expect(await lookup(brackets, { eps: 1e-9, x: 100.5, n: 3 })({ results })).toEqual([4.649, 4.65]);
  expect(await lookup(brackets, { n: 4, x: 2, eps: 0.01 })({ results })).toBeUndefined();
});

test("the newest row of a key wins, whoever wrote it and in whatever form", async () => {
  using folder = temporaryFolder();
  const key = { n: 2, x: 2, eps: 0.5 };
  writtenByHyperion(folder.database, [["binary_root_search", '{"n":2,"x":2.0,"eps":0.5}', "[1.0,2.0]"]]);
  {
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await insert(brackets, key, [1.25, 1.5])({ results });
    expect(await lookup(brackets, key)({ results })).toEqual([1.25, 1.5]);
  }
  writtenByHyperion(folder.database, [["binary_root_search", '{"x":2,"n":2.0,"eps":5.0e-1}', "[1.375,1.5]"]]);
  await using results = await openResults({ path: folder.database, programId: "prog2" });
  expect(await lookup(brackets, key)({ results })).toEqual([1.375, 1.5]);
  expect(await lookupAll(brackets)({ results })).toEqual([[key, [1.375, 1.5]]]);
});

test("a number that no double holds is not taken for its neighbour", async () => {
  using folder = temporaryFolder();
  writtenByHyperion(folder.database, [["big", "9007199254740993", "1"]]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(await lookup(keyValMap("big", z.number(), z.number()), 9007199254740992)({ results })).toBeUndefined();
});

test("a foreign key that is no JSON hinders no look-up, and lookupAll names it", async () => {
  using folder = temporaryFolder();
  writtenByHyperion(folder.database, [["binary_root_search", "not json", "[1,2]"]]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(await lookup(brackets, { n: 4, x: 2, eps: 0.01 })({ results })).toBeUndefined();
  await expect(lookupAll(brackets)({ results })).rejects.toMatchObject({ code: "unreadable" });
});

test("a foreign key that JavaScript would round is not listed as its neighbour, but named", async () => {
  using folder = temporaryFolder();
  writtenByHyperion(folder.database, [["big", '{"n":9007199254740993}', "1"]]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const all = lookupAll(keyValMap("big", z.object({ n: z.number() }), z.number()))({ results });
  await expect(all).rejects.toMatchObject({ code: "unreadable" });
  await expect(all).rejects.toThrow(
    /stored key of map "big" would change.*\$\.n is 9007199254740993, which JavaScript reads as 9007199254740992: \{"n":9007199254740993\}/,
  );
});

test("Haskell's form of 1e23, which JavaScript prints otherwise, is the same key", async () => {
  using folder = temporaryFolder();
  writtenByHyperion(folder.database, [["big", "9.999999999999999e22", "1"]]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(await lookup(keyValMap("big", z.number(), z.number()), 1e23)({ results })).toBe(1);
});

test("a foreign key of great depth is found", async () => {
  using folder = temporaryFolder();
  const [depth, map] = [20_000, keyValMap("deep", z.unknown(), z.number())];
  writtenByHyperion(folder.database, [["deep", `${"[ ".repeat(depth)}${"]".repeat(depth)}`, "1"]]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(await lookup(map, JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`))({ results })).toBe(1);
});
