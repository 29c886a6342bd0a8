import { existsSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { lookupAll, openResults } from "../src/index.ts";
import { store, texts } from "./losses.ts";
import { remainingLines, runProgram, temporaryFolder } from "./world.ts";

describe("a log without its database, which a killed program has left", () => {
  const killedIn = async (database: string): Promise<void> => {
    await using writer = runProgram("writer.ts", database, "die-after-commit");
    expect(await remainingLines(writer)).toHaveLength(20);
  };

  test.each([
    ["removed", (database: string) => rmSync(database)],
    ["cut to nothing", (database: string) => truncateSync(database)],
  ])("is made into a database where that was %s, and named", async (_title, lose) => {
    using folder = temporaryFolder();
    await killedIn(folder.database);
    lose(folder.database);
    let notice: string | undefined;
    {
      await using results = await openResults({ path: folder.database, programId: "next" });
      notice = results.notice;
    }
    const [, aside = "", path] = /then: mv (\S+) (\S+)$/.exec(notice ?? "") ?? [];
    expect(path).toBe(folder.database);
    renameSync(aside, folder.database);
    await using results = await openResults({ path: folder.database, programId: "next" });
    expect(results.notice).toBeUndefined();
    expect(await results.lookupAll("binary_root_search")).toHaveLength(30);
  });

  test("is not written into a database that was put in its place", async () => {
    using folder = temporaryFolder();
    using elsewhere = temporaryFolder();
    {
      await using other = await openResults({ path: elsewhere.database, programId: "other" });
      await store(other, 100, 103);
    }
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    const original = new DatabaseSync(elsewhere.database);
    original.prepare("vacuum into ?").run(`${elsewhere.database}.copy`);
    original.close();
    await killedIn(folder.database);
    renameSync(`${elsewhere.database}.copy`, folder.database);
    await using results = await openResults({ path: folder.database, programId: "next" });
    expect(results.notice).toMatch(/Beside the results database .* was the log of another one/);
    expect((await lookupAll(texts)({ results })).map(([key]) => key)).toEqual([100, 101, 102]);
  });

  test("is left with the database that it belongs to, also behind many checkpoints", async () => {
    using folder = temporaryFolder();
    await using writer = runProgram("writer.ts", folder.database);
    let acknowledged = 0;
    while (!existsSync(`${folder.database}-wal`) || statSync(folder.database).size < 50_000) {
      await writer.nextLine();
      acknowledged += 1;
    }
    await writer.kill();
    await using results = await openResults({ path: folder.database, programId: "next" });
    expect(results.notice).toBeUndefined();
    expect((await results.lookupAll("binary_root_search")).length).toBeGreaterThanOrEqual(acknowledged);
  });
});
