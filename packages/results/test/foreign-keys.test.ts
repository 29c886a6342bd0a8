import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { z } from "zod";
import { insert, keyValMap, lookup, lookupAll, openResults } from "../src/index.ts";
import { brackets, temporaryFolder } from "./world.ts";

/** Makes a database as Hyperion does: its SQL, and keys and values as aeson writes them. */
const writtenByHyperion = (path: string, rows: readonly (readonly [map: string, key: string, value: string])[]): void => {
  using database = new DatabaseSync(path);
  database.exec(`create table if not exists hyperion_key_val
    ( program_id text not null
    , kv_map text not null
    , key text not null
    , val text not null
    , created_at timestamp default current_timestamp not null
    )`);
  const insert = database.prepare("insert into hyperion_key_val(program_id, kv_map, key, val) values (?, ?, ?, ?)");
  for (const row of rows) insert.run("XvUrT", ...row);
};

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
