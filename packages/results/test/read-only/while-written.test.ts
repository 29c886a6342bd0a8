/** Reading beside a program that writes. What became of the writer, and of the files, is told from outside. */
import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { insert, lookup, lookupAll, openResults } from "../../src/index.ts";
import { brackets, remainingLines, root, runProgram, temporaryFolder } from "../world.ts";
import { killedWriter, read } from "./readings.ts";

describe("while a program writes", () => {
  test("all that it has acknowledged is read, and it goes on", async () => {
    using folder = temporaryFolder();
    await using program = runProgram("writer.ts", folder.database);
    let acknowledged = -1;
    for (let opening = 0; opening < 20; opening++) {
      for (let line = 0; line < 15; line++) acknowledged = Number(await program.nextLine());
      await using results = await read(folder.database);
      expect(await lookup(brackets, root(acknowledged))({ results })).toEqual([acknowledged, 1]);
      const all = await lookupAll(brackets)({ results });
      expect(all.map(([{ n }]) => n)).toEqual(all.map((_row, n) => n));
    }
    expect(existsSync(`${folder.database}-shm`)).toBe(false);
    expect(Number(await program.nextLine())).toBeGreaterThan(acknowledged);
  });

  test.each([20, 150])(
    "and its log begins anew all the time (every %d pages), no reader sees a transaction in part, or goes back",
    async (pages) => {
      using folder = temporaryFolder();
      await using program = runProgram("checkpointer.ts", folder.database, String(pages));
      let newest = Number(await program.nextLine());
      let lastSeen = 0;
      const follow = (async () => {
        for (let line = await program.nextLine(); line !== undefined && line !== "end"; line = await program.nextLine())
          newest = Number(line);
      })();
      for (let opening = 0; opening < 150; opening++) {
        const acknowledged = newest;
        await using results = await read(folder.database);
        const rounds = (await results.lookupAll("m")).map(({ value }) => /^\[(\d+)/.exec(value)?.[1]);
        expect(new Set(rounds).size, rounds.join()).toBe(1);
        expect(rounds).toHaveLength(20);
        expect(Number(rounds[0])).toBeGreaterThanOrEqual(Math.max(acknowledged, lastSeen));
        lastSeen = Number(rounds[0]);
      }
      program.write("end\n");
      await follow;
    },
  );

  test("and is killed or begins again, a reader finds it whole each time", async () => {
    using folder = temporaryFolder();
    let acknowledged = -1;
    for (let round = 0; round < 4; round++) {
      await using program = runProgram("writer.ts", folder.database);
      const killed = (async () => {
        for (let line = 0; line < 60; line++) acknowledged = Math.max(acknowledged, Number(await program.nextLine()));
        await program.kill();
      })();
      for (let opening = 0; opening < 5 && existsSync(folder.database); opening++) {
        await using results = await read(folder.database);
        const all = await lookupAll(brackets)({ results });
        expect(new Set(all.map(([{ n }]) => n)).size).toBe(all.length);
      }
      await killed;
      await using results = await read(folder.database);
      expect(await lookup(brackets, root(acknowledged))({ results })).toEqual([acknowledged, 1]);
    }
  });

  test("its own process can't read the file, and keeps its lock", async () => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    symlinkSync(folder.database, `${folder.path}/alias.sqlite`);
    for (const path of [folder.database, `${folder.path}/alias.sqlite`]) {
      await expect(read(path)).rejects.toMatchObject({
        code: "locked",
        message: expect.stringMatching(/is open in this very process.*lookupAll\(map\)/),
      });
    }
    const other = `new (require("node:sqlite").DatabaseSync)(process.argv[1]).exec("select 1 from hyperion_key_val")`;
    expect(() => execFileSync(process.execPath, ["-e", other, folder.database], { stdio: "pipe" })).toThrow(/locked/);
    await insert(brackets, root(1), [1, 1])({ results });
  });
});

describe("a database that is taken away", () => {
  test.each([
    ["removed", (path: string) => rmSync(path)],
    ["renamed", (path: string) => renameSync(path, `${path}.old`)],
    ["cut", (path: string) => truncateSync(path)],
  ])("while others read it all the time (%s) is never read in part", async (_title, take) => {
    using folder = temporaryFolder();
    await using reader = runProgram("reader.ts", folder.database, "again and again");
    await killedWriter(folder);
    await reader.nextLine();
    take(folder.database);
    reader.write("end\n");
    const lines = await remainingLines(reader);
    expect(lines.filter((line) => !/^(?:\[3,1\]|unreachable: .*|undefined)$/.test(line))).toEqual([]);
  });
});
