import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openResults, type ResultsDatabase } from "../src/index.ts";
import { lossOf, savedIn, store, storedIn } from "./losses.ts";
import { temporaryFolder } from "./world.ts";

const hasSqlite3 = ((): boolean => {
  try {
    return execFileSync("sqlite3", ["--version"]).length > 0;
  } catch {
    return false;
  }
})();

const sqlite3 = (path: string, sql: string): string =>
  execFileSync("sqlite3", [path, sql], { encoding: "utf8" }).trim();

describe.skipIf(!hasSqlite3)("a lock that has fallen, because this process has read the file (needs sqlite3)", () => {
  const fallen = async (folder: { readonly database: string }): Promise<ResultsDatabase> => {
    const results = await openResults({ path: folder.database, programId: "prog1" });
    await store(results, 0, 5);
    expect(() => sqlite3(folder.database, "select count(*) from hyperion_key_val")).toThrow(/locked/);
    readFileSync(folder.database);
    return results;
  };

  test.each([
    "select count(*) from hyperion_key_val",
    "pragma wal_checkpoint(truncate)",
    "insert into hyperion_key_val values ('stranger', 'texts', '77', '\"z\"', 0)",
  ])("is noticed when another program has come in: %s", async (sql) => {
    using folder = temporaryFolder();
    const results = await fallen(folder);
    sqlite3(folder.database, sql);
    const error = await lossOf(store(results, 5, 7));
    expect(error).toMatchObject({
      code: "file-lost",
      message: expect.stringMatching(/its log results\.sqlite-wal was/),
    });
    await results[Symbol.asyncDispose]();
    expect(await storedIn(savedIn(error))).toEqual(expect.arrayContaining([0, 1, 2, 3, 4, 5, 6]));
  });

  test("is noticed while the other program has the file open", async () => {
    using folder = temporaryFolder();
    const results = await fallen(folder);
    const other = spawn("sqlite3", [folder.database], { stdio: ["pipe", "pipe", "inherit"] });
    const closed = once(other, "close");
    try {
      other.stdin.write("select count(*) from hyperion_key_val;\n");
      await once(other.stdout, "data");
      const error = await lossOf(store(results, 5, 7));
      expect(error).toMatchObject({
        code: "file-lost",
        message: expect.stringMatching(
          /another program has opened it \(there is results\.sqlite-shm\), because the lock on it had fallen/,
        ),
      });
      expect(await storedIn(savedIn(error))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    } finally {
      other.kill("SIGKILL");
      await closed;
      await results[Symbol.asyncDispose]();
    }
  });
});
