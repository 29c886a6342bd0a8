/** A database behind another one that can't be read: it is told once, and what it has counts as missing. */
import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { insert, keyValMap, lookup, lookupAll, memoizeWithMap, openResults, type ResultsError } from "../src/index.ts";
import { temporaryFolder } from "./world.ts";

const map = keyValMap("m", z.number(), z.string());

afterEach(() => void vi.restoreAllMocks());

/** Many rows, so that the last pages are none that is read at opening. */
const store = async (path: string): Promise<void> => {
  await using results = await openResults({ path, programId: "prog1" });
  const rows = Array.from({ length: 2000 }, (_, key) => insert(map, key, "x".repeat(500))({ results }));
  await Promise.all(rows);
};

const overwritePages = async (path: string): Promise<void> => {
  await store(path);
  const rest = 100_000;
  truncateSync(path, rest);
  truncateSync(path, 1_000_000);
};

test.each<readonly [title: string, make: (path: string) => unknown, code: string]>([
  ["is a folder", (path: string) => mkdirSync(path), "not-ours"],
  ["is a FIFO", (path: string) => void execFileSync("mkfifo", [path]), "not-ours"],
  ["is no database", (path: string) => writeFileSync(path, "Dear diary, ".repeat(1000)), "damaged"],
  ["has damaged pages", overwritePages, "damaged"],
  [
    "has a newer layout",
    (path: string) => {
      using database = new DatabaseSync(path);
      database.exec("pragma user_version = 99");
    },
    "newer-layout",
  ],
])("one that %s is told of when it is first needed, once, and nothing fails", async (_title, make, code) => {
  using folder = temporaryFolder();
  const behind = `${folder.path}/behind.sqlite`;
  await make(behind);
  const failed: ResultsError[] = [];
  await using results = await openResults({
    path: folder.database,
    programId: "job",
    behind,
    onBehindFailed: (error) => failed.push(error),
  });
  const env = { results };
  await insert(map, 1, "own")(env);
  expect(await lookup(map, 1)(env)).toBe("own");
  expect(failed).toEqual([]);
  expect(await memoizeWithMap(map, () => async () => "computed", 1999)(env)).toBe("computed");
  expect(await lookup(map, 1998)(env)).toBeUndefined();
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + 3_600_000);
  expect(await lookupAll(map)(env)).toHaveLength(2);
  expect(failed).toMatchObject([{ code, path: behind }]);
});

test("one that this very process has open to write is told of, and keeps its lock", async () => {
  using folder = temporaryFolder();
  const behind = `${folder.path}/behind.sqlite`;
  await using program = await openResults({ path: behind, programId: "prog1" });
  const failed: ResultsError[] = [];
  await using results = await openResults({
    path: folder.database,
    programId: "job",
    behind,
    onBehindFailed: (error) => failed.push(error),
  });
  expect(await lookup(map, 1)({ results })).toBeUndefined();
  expect(failed).toMatchObject([{ code: "locked" }]);
  await insert(map, 1, "behind")({ results: program });
});

test("one that is the database itself is refused", async () => {
  using folder = temporaryFolder();
  const path = folder.database;
  await expect(openResults({ path, programId: "job", behind: path })).rejects.toThrow(/another database than path/);
  const wrong: object = { path, programId: "job", behind: 3 };
  await expect(openResults(Object(wrong))).rejects.toThrow(/behind/);
});
