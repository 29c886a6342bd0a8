import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Connection } from "../src/connection.ts";
import { insert, lookup, lookupAll, openResults, type ResultsDatabase, type ResultsError } from "../src/index.ts";
import { keptFiles } from "../src/kept-files.ts";
import { lossOf, savedIn, store, storedIn, texts } from "./losses.ts";
import { temporaryFolder } from "./world.ts";

describe("a database that is removed while it is open", () => {
  test("refuses all further use with the same error, which its owner hears once, and saves what could not be acknowledged too", async () => {
    using folder = temporaryFolder();
    const heard: ResultsError[] = [];
    await using results = await openResults({
      path: folder.database,
      programId: "prog1",
      onLost: (error) => heard.push(error),
    });
    await store(results, 0, 5);
    rmSync(folder.database);
    const error = await lossOf(store(results, 5, 8));
    expect(error).toMatchObject({ name: "ResultsError", code: "file-lost", path: folder.database });
    expect(heard).toEqual([error]);
    expect(await lossOf(insert(texts, 9, "y")({ results }))).toBe(error);
    expect(await lossOf(lookup(texts, 0)({ results }))).toBe(error);
    expect(() => results.flush()).toThrow(error);
    expect(results.counters.inserts).toBe(5);
    expect(await storedIn(savedIn(error))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(statSync(savedIn(error)).mode & 0o777).toBe(0o600);
  });

  test("says so at its end, where no row comes after", async () => {
    using folder = temporaryFolder();
    const results = await openResults({ path: folder.database, programId: "prog1" });
    await store(results, 0, 5);
    rmSync(folder.database);
    const error = await lossOf(results[Symbol.asyncDispose]());
    expect(error).toMatchObject({ code: "file-lost" });
    expect(await storedIn(savedIn(error))).toEqual([0, 1, 2, 3, 4]);
  });

  test("leaves the one in its place alone, and the log of that one", async () => {
    using folder = temporaryFolder();
    using elsewhere = temporaryFolder();
    {
      await using other = await openResults({ path: elsewhere.database, programId: "other" });
      await store(other, 100, 103);
      // As if its program were killed: both files are there.
      for (const end of ["", "-wal"])
        execFileSync("cp", [`${elsewhere.database}${end}`, `${elsewhere.database}.copy${end}`]);
    }
    const results = await openResults({ path: folder.database, programId: "prog1" });
    await store(results, 0, 5);
    for (const end of ["", "-wal"]) renameSync(`${elsewhere.database}.copy${end}`, `${folder.database}${end}`);
    const error = await lossOf(results[Symbol.asyncDispose]());
    expect(await storedIn(folder.database)).toEqual([100, 101, 102]);
    expect(await storedIn(savedIn(error))).toEqual([0, 1, 2, 3, 4]);
  });

  test("is saved in the nearest folder that is left", async () => {
    using folder = temporaryFolder();
    const inner = join(folder.path, "a", "b");
    const results = await openResults({ path: join(inner, "results.sqlite"), programId: "prog1" });
    await store(results, 0, 5);
    rmSync(join(folder.path, "a"), { recursive: true });
    const error = await lossOf(results[Symbol.asyncDispose]());
    expect(dirname(savedIn(error))).toBe(folder.path);
    expect(await storedIn(savedIn(error))).toHaveLength(5);
  });
});

describe("a database that is cut while it is open", () => {
  /** More than SQLite keeps in memory, and more than its log has. */
  const storeMuch = async (results: ResultsDatabase): Promise<void> => {
    for (let from = 0; from < 3_000; from += 100) await store(results, from, from + 100, "x".repeat(9_000));
  };

  test("gives what can still be read, and says how much can't", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await storeMuch(results);
    truncateSync(folder.database, 12_288);
    const error = await lossOf(store(results, 3_000, 3_001));
    expect(error.message).toMatch(/: it was cut from \d+ bytes to 12288/);
    const kept = await storedIn(savedIn(error));
    const [, rows, unread] = /\((\d+) rows; (\d+) more could not be read\)/.exec(error.message) ?? [];
    expect(kept).toHaveLength(Number(rows));
    expect(kept.length + Number(unread)).toBe(3_001);
    expect(kept).toContain(3_000);
    expect(readdirSync(folder.path).some((name) => name.startsWith("results.sqlite.aside-"))).toBe(true);
  });

  test("loses nothing where it is its log that is cut: what that has is in memory", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await storeMuch(results);
    await lookupAll(texts)({ results });
    truncateSync(`${folder.database}-wal`, 12_288);
    const error = await lossOf(store(results, 3_000, 3_001));
    expect(error.message).toMatch(
      /its log results\.sqlite-wal was cut from \d+ bytes to 12288.*\(3001 rows, all that it had\)/,
    );
    expect(await storedIn(savedIn(error))).toHaveLength(3_001);
  });
});

describe("a log that is cut between a look at it and the COMMIT after that, which makes it as long again", () => {
  test.each([0, 1, 32, 4_000, 12_288, 20_000])("loses nothing: cut to %i bytes", async (bytes) => {
    using folder = temporaryFolder();
    let cut = (): void => undefined;
    const results = await openResults({
      path: folder.database,
      programId: "prog1",
      aroundCommit: (commit) => {
        cut();
        commit();
      },
    });
    for (let from = 0; from < 20; from += 5) await store(results, from, from + 5, "x".repeat(500));
    cut = () => truncateSync(`${folder.database}-wal`, bytes);
    const error = await lossOf(store(results, 20, 22));
    expect(error).toMatchObject({
      code: "file-lost",
      message: expect.stringMatching(/its log results\.sqlite-wal was cut, and written on after that/),
    });
    await results[Symbol.asyncDispose]();
    expect(await storedIn(savedIn(error))).toHaveLength(22);
  });

  test("is not taken for one that is begun anew, or written over after a COMMIT that failed", async () => {
    using folder = temporaryFolder();
    let fails = false;
    {
      await using results = await openResults({
        path: folder.database,
        programId: "prog1",
        aroundCommit: (commit) => {
          if (fails) throw new Error("not now");
          commit();
        },
      });
      for (let from = 0; from < 400; from += 20) {
        // Some are too large for SQLite's memory: what is not committed is in the log, too.
        fails = from % 60 === 0;
        const stored = store(results, from, from + 20, "x".repeat(from % 100 === 0 ? 1_000_000 : 9_000));
        if (fails) await lossOf(stored);
        else await stored;
      }
    }
    expect(await storedIn(folder.database)).toHaveLength(260);
  });
});

test("a database that can't be looked at when it is closed is not taken for a lost one", () => {
  using folder = temporaryFolder();
  const inner = join(folder.path, "inner");
  mkdirSync(inner);
  const path = join(inner, "some.sqlite");
  writeFileSync(path, "some");
  using files = keptFiles({ path } as Connection, "prog1");
  renameSync(inner, `${inner}-elsewhere`);
  symlinkSync(inner, inner);
  files.closed();
});

test("a database that is replaced while it is closed is told of", () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "some.sqlite");
  writeFileSync(path, "some");
  using files = keptFiles({ path } as Connection, "prog1");
  files.closed();
  writeFileSync(`${path}.other`, "other");
  renameSync(`${path}.other`, path);
  expect(files.closed).toThrow(
    /some\.sqlite is lost to this program, which was closing it: it was replaced by another file of this name\. See what has become of the file\./,
  );
});
