import { expect, test } from "vitest";
import { z } from "zod";
import { forget, insert, keyValMap, lookup, lookupAll, memoizeWithMap, openResults } from "../src/index.ts";
import { writtenByHyperion } from "./hyperion-rows.ts";
import { brackets, root, temporaryFolder } from "./world.ts";

test("what is forgotten is gone with all that it had replaced, here and in the next run, and is computed again", async () => {
  using folder = temporaryFolder();
  const heard: unknown[] = [];
  {
    const onForgotten = (map: string, keys: number) => void heard.push([map, keys]);
    await using results = await openResults({ path: folder.database, programId: "prog1", onForgotten });
    for (const n of [1, 2, 3]) for (const round of [0, 1]) await insert(brackets, root(n), [n, round])({ results });
    await insert(keyValMap("other", brackets.key, brackets.value), root(2), [5, 5])({ results });
    expect(await forget(brackets, ({ n }, value) => n > 1 && value?.[1] === 1)({ results })).toBe(2);
    expect(await forget(brackets, ({ n }) => n > 1)({ results })).toBe(0);
    expect(await lookupAll(brackets)({ results })).toEqual([[root(1), [1, 1]]]);
  }
  expect(heard).toEqual([[brackets.name, 2]]);
  await using results = await openResults({ path: folder.database, programId: "prog2" });
  expect(await lookup(brackets, root(2))({ results })).toBeUndefined();
  expect(await memoizeWithMap(brackets, () => async () => [7, 7], root(2))({ results })).toEqual([7, 7]);
  expect(await results.lookupAll("other")).toHaveLength(1);
});

test("a job's log says how many results were removed", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  for (const n of [1, 2, 3]) await insert(brackets, root(n), [n, n])({ results });
  const logged: string[] = [];
  const env = { results, log: (message: string) => void logged.push(message) };
  for (const least of [3, 1, 1]) await forget(brackets, ({ n }) => n >= least)(env);
  expect(logged).toEqual(
    [1, 2, 0].map((n) => expect.stringMatching(`^Removed ${n} results? of map "binary_root_search"$`)),
  );
});

test("rows that Hyperion wrote, in its own form, are forgotten too", async () => {
  using folder = temporaryFolder();
  writtenByHyperion(folder.database, [
    ["binary_root_search", '{"x":2.0,"n":2,"eps":1.0e-9}', "[1.0,1.5]"],
    ["binary_root_search", '{"x":2.0,"n":3,"eps":1.0e-9}', "[1.0,1.5]"],
  ]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  await insert(brackets, root(2), [2, 2])({ results });
  expect(await forget(brackets, ({ n }) => n === 2)({ results })).toBe(1);
  expect(await lookup(brackets, root(2))({ results })).toBeUndefined();
  expect(await lookup(brackets, root(3))({ results })).toEqual([1, 1.5]);
});

test("what the map can't read any more, or only keeps, has no value, and can be forgotten for that", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const loose = keyValMap("m", z.number(), z.any());
  for (const [key, value] of [
    [1, 1],
    [2, "two"],
    [3, -0],
  ] as const)
    await insert(loose, key, value)({ results });
  await expect(memoizeWithMap(loose, () => async () => new Date(0), 4)({ results })).rejects.toMatchObject({
    code: "not-json",
  });
  const strict = keyValMap("m", z.number(), z.number());
  const seen: unknown[] = [];
  expect(await forget(strict, (key, value) => seen.push([key, value]) > 0 && value === undefined)({ results })).toBe(2);
  expect(seen).toEqual([
    [1, 1],
    [2, undefined],
    [3, -0],
    [4, undefined],
  ]);
  expect(await lookupAll(loose)({ results })).toEqual([
    [1, 1],
    [3, -0],
  ]);
});

test("a condition that gives a promise, or throws, removes nothing", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  await insert(brackets, root(1), [1, 1])({ results });
  await expect(
    forget(
      brackets,
      Object(async () => false),
    )({ results }),
  ).rejects.toThrow(
    /must give true or false, at once; for key .* of map "binary_root_search" it gave a value of type object\. Nothing was removed/,
  );
  await expect(forget(brackets, () => expect.fail("no"))({ results })).rejects.toThrow("no");
  expect(await lookupAll(brackets)({ results })).toHaveLength(1);
});

test("a reader, and a database that was lost or closed, refuse it", async () => {
  using folder = temporaryFolder();
  {
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await insert(brackets, root(1), [1, 1])({ results });
    await results[Symbol.asyncDispose]();
    await expect(results.forget("m", ["1"])).rejects.toMatchObject({ code: "closed" });
  }
  await using results = await openResults({ path: folder.database, readOnly: true });
  await expect(forget(brackets, () => true)({ results })).rejects.toMatchObject({ code: "read-only" });
  expect(await lookupAll(brackets)({ results })).toHaveLength(1);
});
