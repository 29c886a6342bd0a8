/** Sources that can't be taken in, and takers that die or are ended meanwhile. */
import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { insert, keyValMap, lookupAll, openResults } from "../src/index.ts";
import { haveStranger, STRANGER } from "./stranger.ts";
import { remainingLines, runProgram, temporaryFolder, type Folder } from "./world.ts";

const map = keyValMap("m", z.number(), z.string());

const sourceOf = (folder: Folder): string => `${folder.path}/job.sqlite`;

/** A closed database with this many rows. */
const store = async (path: string, rows: number): Promise<void> => {
  await using results = await openResults({ path, programId: "job1" });
  await Promise.all(Array.from({ length: rows }, (_, key) => insert(map, key, "x".repeat(300))({ results })));
};

const takenInOrder = async (path: string): Promise<readonly number[]> => {
  await using results = await openResults({ path, programId: "after" });
  return (await lookupAll(map)({ results })).map(([key]) => key);
};

afterEach(() => void vi.unstubAllEnvs());

describe("a taker that is killed", () => {
  test.each([
    ["before its first COMMIT", "die-before-commit", 1, 5000],
    ["after its first COMMIT", "die-after-commit", 1, 5000 - 2048],
    ["before its second COMMIT", "die-before-commit", 2, 5000 - 2048],
    ["after its last COMMIT", "die-after-commit", 3, 0],
  ])("%s takes the rest at the next time", async (_title, fault, at, rest) => {
    using folder = temporaryFolder();
    await store(sourceOf(folder), 5000);
    await using killed = runProgram("taker.ts", folder.database, sourceOf(folder), fault, String(at));
    expect(await remainingLines(killed)).toEqual([]);
    await using taker = runProgram("taker.ts", folder.database, sourceOf(folder));
    expect(await remainingLines(taker)).toEqual([String(rest)]);
    expect(await takenInOrder(folder.database)).toEqual(Array.from({ length: 5000 }, (_, key) => key));
    using database = new DatabaseSync(folder.database, { readOnly: true });
    expect(database.prepare("select count(*) as rows from hyperion_key_val").get()).toEqual({ rows: 5000 });
  });
});

test("20,000 rows come in while all else goes on, and calls at the same time share them out", async () => {
  using folder = temporaryFolder();
  await store(sourceOf(folder), 20_000);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  let turns = 0;
  const counting = setInterval(() => (turns += 1));
  const [first, second] = await Promise.all([1, 2].map(() => results.takeIn(sourceOf(folder), { id: "job" })));
  clearInterval(counting);
  expect([first?.rows, second?.rows]).toEqual([20_000, 0]);
  expect(turns).toBeGreaterThan(5);
  expect(await lookupAll(map)({ results })).toHaveLength(20_000);
});

/** It still opens, and its last pages are gone. */
const damagePages = async (path: string): Promise<void> => {
  await store(path, 5000);
  truncateSync(path, 100_000);
  truncateSync(path, 3_000_000);
};

describe("a source", () => {
  test.each<readonly [title: string, make: (path: string) => unknown, code: string]>([
    ["is a folder", (path) => mkdirSync(path), "not-ours"],
    ["is a FIFO", (path) => void execFileSync("mkfifo", [path]), "not-ours"],
    ["is no database", (path) => writeFileSync(path, "Dear diary, ".repeat(1000)), "damaged"],
    ["has damaged pages", damagePages, "damaged"],
    [
      "has a newer layout",
      (path) => {
        using database = new DatabaseSync(path);
        database.exec("pragma user_version = 99");
      },
      "newer-layout",
    ],
  ])("that %s is refused, and the database goes on", async (_title, make, code) => {
    using folder = temporaryFolder();
    using copies = temporaryFolder();
    await make(sourceOf(folder));
    vi.stubEnv("TMPDIR", copies.path);
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await expect(results.takeIn(sourceOf(folder), { id: "job" })).rejects.toMatchObject({
      code,
      path: sourceOf(folder),
    });
    await insert(map, 1, "own")({ results });
    rmSync(sourceOf(folder), { recursive: true });
    await store(sourceOf(folder), 3);
    expect(await results.takeIn(sourceOf(folder), { id: "job" })).toMatchObject({ rows: 3 });
    expect(readdirSync(copies.path)).toEqual([]);
  });

  test("that this very process has open is refused, and keeps its lock", async () => {
    using folder = temporaryFolder();
    await using source = await openResults({ path: sourceOf(folder), programId: "job1" });
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    for (const path of [sourceOf(folder), folder.database])
      await expect(results.takeIn(path, { id: "job" })).rejects.toMatchObject({ code: "locked", path });
    await insert(map, 1, "job")({ results: source });
  });

  test("without a path or a name is a mistake", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await expect(results.takeIn("", { id: "job" })).rejects.toThrow(/source/);
    await expect(results.takeIn("x", Object({ name: "job" }))).rejects.toThrow(/name/);
    await expect(results.takeIn("x", Object({}))).rejects.toThrow(/id/);
  });

  test.skipIf(!haveStranger)("of another user is refused (needs root, to be one)", async () => {
    using folder = temporaryFolder();
    await store(sourceOf(folder), 3);
    chownSync(sourceOf(folder), STRANGER.uid, STRANGER.gid);
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await expect(results.takeIn(sourceOf(folder), { id: "job" })).rejects.toMatchObject({
      code: "not-ours",
      message: expect.stringMatching(/belongs to user 54321/),
    });
    expect(await lookupAll(map)({ results })).toEqual([]);
  });
});

describe("a database that is taking in", () => {
  test("and is closed keeps what it has by then, leaves no copy behind, and takes the rest at the next time", async () => {
    using folder = temporaryFolder();
    using copies = temporaryFolder();
    await store(sourceOf(folder), 5000);
    vi.stubEnv("TMPDIR", copies.path);
    const closed = Promise.withResolvers<void>();
    const results = await openResults({
      path: folder.database,
      programId: "prog1",
      aroundCommit: (commit) => {
        commit();
        queueMicrotask(() => closed.resolve(results[Symbol.asyncDispose]()));
      },
    });
    await expect(results.takeIn(sourceOf(folder), { id: "job" })).rejects.toMatchObject({ code: "closed" });
    await closed.promise;
    await expect(results.takeIn(sourceOf(folder), { id: "job" })).rejects.toMatchObject({ code: "closed" });
    expect(readdirSync(copies.path)).toEqual([]);
    await using again = await openResults({ path: folder.database, programId: "prog1" });
    expect(await lookupAll(map)({ results: again })).toHaveLength(2048);
    expect(await again.takeIn(sourceOf(folder), { id: "job" })).toMatchObject({ rows: 5000 - 2048 });
  });

  test("and loses its file says so, and takes no row for taken", async () => {
    using folder = temporaryFolder();
    await store(sourceOf(folder), 3);
    const results = await openResults({ path: folder.database, programId: "prog1" });
    rmSync(folder.database);
    await expect(results.takeIn(sourceOf(folder), { id: "job" })).rejects.toMatchObject({ code: "file-lost" });
    await results[Symbol.asyncDispose]();
  });

  test("and can't COMMIT rejects, and takes the same rows at the next call", async () => {
    using folder = temporaryFolder();
    await store(sourceOf(folder), 3);
    let failing = true;
    await using results = await openResults({
      path: folder.database,
      programId: "prog1",
      aroundCommit: (commit) => {
        if (failing) throw new Error("disk I/O error");
        commit();
      },
    });
    await expect(results.takeIn(sourceOf(folder), { id: "job" })).rejects.toThrow(/disk I\/O error/);
    failing = false;
    expect(await results.takeIn(sourceOf(folder), { id: "job" })).toMatchObject({ rows: 3 });
  });
});
