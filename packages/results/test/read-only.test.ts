/** Reading beside a program that writes, and after one that was killed. What became of the writer, and of the files, is told from outside. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  insert,
  lookup,
  lookupAll,
  lookupDefault,
  memoizeWithMap,
  openResults,
  type ResultsSnapshot,
} from "../src/index.ts";
import { writtenByHyperion } from "./hyperion-rows.ts";
import { asStranger, haveStranger, shareFolder, STRANGER } from "./stranger.ts";
import { brackets, remainingLines, root, runProgram, runProgramWith, temporaryFolder, type Folder } from "./world.ts";

const read = (path: string): Promise<ResultsSnapshot> => openResults({ path, readOnly: true });

/** What is in a folder, with all bytes and times of change. */
const picture = ({ path }: Folder): readonly unknown[] =>
  readdirSync(path)
    .sort()
    .map((name) => [
      name,
      readFileSync(`${path}/${name}`).toString("base64"),
      statSync(`${path}/${name}`, { bigint: true }).ctimeNs,
    ]);

function execute(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

/** A folder of a test's own in which copies are made. */
function folderForCopies(): Folder {
  const folder = temporaryFolder();
  vi.stubEnv("TMPDIR", folder.path);
  return folder;
}

afterEach(() => void vi.unstubAllEnvs());

/** A database whose log was left by a program that was killed. */
async function killedWriter({ database }: Folder): Promise<number> {
  await using program = runProgram("writer.ts", database);
  let acknowledged = -1;
  while (acknowledged < 30) acknowledged = Number(await program.nextLine());
  await program.kill();
  for (const line of await remainingLines(program)) acknowledged = Math.max(acknowledged, Number(line));
  return acknowledged;
}

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

describe("what no program has open", () => {
  test("is read, with the log that a killed program left, and nothing on the disk changes", async () => {
    using folder = temporaryFolder();
    const acknowledged = await killedWriter(folder);
    expect(statSync(`${folder.database}-wal`).size).toBeGreaterThan(0);
    const before = picture(folder);
    await using results = await read(folder.database);
    expect(await lookup(brackets, root(acknowledged))({ results })).toEqual([acknowledged, 1]);
    expect(picture(folder)).toEqual(before);
    await using writer = await openResults({ path: folder.database, programId: "prog1" });
    expect(await lookup(brackets, root(acknowledged))({ results: writer })).toEqual([acknowledged, 1]);
  });

  test("is read after a clean end, on a file system that can't be written to, and as often as wanted at a time", async () => {
    using folder = temporaryFolder();
    using mount = new DisposableStack();
    await using writer = await openResults({ path: folder.database, programId: "prog1" });
    await insert(brackets, root(1), [1, 1])({ results: writer });
    await writer[Symbol.asyncDispose]();
    if (process.getuid?.() === 0) {
      execFileSync("mount", ["--bind", "-o", "ro", folder.path, folder.path]);
      mount.defer(() => void execFileSync("umount", [folder.path]));
      expect(() => appendFileSync(folder.database, "")).toThrow(/EROFS/);
    }
    const readers = await Promise.all(Array.from({ length: 5 }, () => read(folder.database)));
    for (const results of readers) expect(await lookupDefault(brackets, [0, 0], root(1))({ results })).toEqual([1, 1]);
    for (const results of readers) await results[Symbol.asyncDispose]();
  });

  test("is read where Hyperion wrote it, which has none of our tables, and stays Hyperion's", async () => {
    using folder = temporaryFolder();
    writtenByHyperion(folder.database, [["binary_root_search", '{"x":2.0,"n":2,"eps":1.0e-9}', "[1.0,1.5]"]]);
    const before = picture(folder);
    await using results = await read(folder.database);
    expect(await lookup(brackets, root(2))({ results })).toEqual([1, 1.5]);
    expect(picture(folder)).toEqual(before);
  });

  test("is read with a transaction taken back that Hyperion was killed in", async () => {
    using folder = temporaryFolder();
    using crashed = temporaryFolder();
    writtenByHyperion(folder.database, [["m", "1", "2"]]);
    using hyperion = new DatabaseSync(folder.database);
    hyperion.exec("pragma cache_size = 1; begin; update hyperion_key_val set val = '3'");
    const insertRow = hyperion.prepare(
      "insert into hyperion_key_val(program_id, kv_map, key, val) values ('x', 'm', '1', ?)",
    );
    for (let row = 0; row < 50; row++) insertRow.run("9".repeat(4000));
    for (const suffix of ["", "-journal"]) copyFileSync(`${folder.database}${suffix}`, `${crashed.database}${suffix}`);
    await using results = await read(crashed.database);
    expect(await results.lookupAll("m")).toEqual([{ key: "1", value: "2" }]);
  });

  test("leaves a log out that belongs to another database, and says so", async () => {
    using folder = temporaryFolder();
    await killedWriter(folder);
    const log = readFileSync(`${folder.database}-wal`);
    rmSync(folder.database);
    rmSync(`${folder.database}-wal`);
    writtenByHyperion(folder.database, [["m", "1", "2"]]);
    writeFileSync(`${folder.database}-wal`, log);
    await using results = await read(folder.database);
    expect(await results.lookup("m", "1")).toBe("2");
    expect(results.notice).toMatch(/is the log of another one.*It was left out/);
  });

  test("is read to its size, and a database of 0 bytes is one without results", async () => {
    using folder = temporaryFolder();
    {
      using database = new DatabaseSync(folder.database);
      database.exec("create table filler(x); begin");
      const fill = database.prepare("insert into filler values (zeroblob(1000000))");
      for (let row = 0; row < 200; row++) fill.run();
      database.exec("commit");
    }
    await using large = await read(folder.database);
    expect(await large.lookupAll("m")).toEqual([]);
    writeFileSync(`${folder.path}/empty.sqlite`, "");
    await using empty = await read(`${folder.path}/empty.sqlite`);
    expect(await empty.lookupAll("m")).toEqual([]);
  });
});

describe("a reader", () => {
  test("refuses to write and to compute, and gives what is remembered", async () => {
    using folder = temporaryFolder();
    await killedWriter(folder);
    await using results = await read(folder.database);
    await expect(insert(brackets, root(1), [1, 1])({ results })).rejects.toMatchObject({
      code: "read-only",
      path: folder.database,
    });
    const never = () => async (): Promise<never> => expect.fail("it was computed");
    expect(await memoizeWithMap(brackets, never, root(1))({ results })).toEqual([1, 1]);
    await expect(memoizeWithMap(brackets, never, root(1e6))({ results })).rejects.toMatchObject({
      code: "read-only",
      message: expect.stringMatching(/opened for reading only: it has no value for key .*1000000/),
    });
    await results[Symbol.asyncDispose]();
    await expect(lookup(brackets, root(1))({ results })).rejects.toMatchObject({ code: "closed" });
  });

  test("leaves no copy behind, also where it is never closed and killed, and reads on when the file is removed", async () => {
    using folder = temporaryFolder();
    await killedWriter(folder);
    using copies = temporaryFolder();
    await using reader = runProgramWith({ TMPDIR: copies.path }, "reader.ts", folder.database);
    expect(await reader.nextLine()).toBe("open");
    rmSync(folder.database);
    rmSync(`${folder.database}-wal`);
    reader.write("read\n");
    expect(await reader.nextLine()).toBe("[3,1]");
    await reader.kill();
    expect(readdirSync(copies.path)).toEqual([]);
  });

  test.each([
    ["nothing", () => {}, "unreachable", /no such file.*Check the path/],
    ["a log alone", ({ database }: Folder) => writeFileSync(`${database}-wal`, "x"), "unreachable", /no such file/],
    ["a folder", ({ database }: Folder) => mkdirSync(database), "not-ours", /is a folder/],
    ["a FIFO", ({ database }: Folder) => void execFileSync("mkfifo", [database]), "not-ours", /is a FIFO/],
    [
      "no database",
      ({ database }: Folder) => writeFileSync(database, "Dear diary, ".repeat(1000)),
      "damaged",
      /not a database/,
    ],
    [
      "a newer layout",
      ({ database }: Folder) => execute(database, "pragma user_version = 99"),
      "newer-layout",
      /layout 99/,
    ],
  ])("that finds %s says so, and makes nothing", async (_title, make, code, message) => {
    using folder = temporaryFolder();
    make(folder);
    const before = readdirSync(folder.path);
    using copies = folderForCopies();
    await expect(read(folder.database)).rejects.toMatchObject({
      code,
      path: folder.database,
      message: expect.stringMatching(message),
    });
    await expect(read(`${folder.path}/none/results.sqlite`)).rejects.toMatchObject({ code: "unreachable" });
    expect(readdirSync(folder.path)).toEqual(before);
    expect(readdirSync(copies.path)).toEqual([]);
  });

  test("that never finds a file which was left alone for a moment gives up, and says why", async () => {
    using folder = temporaryFolder();
    using copies = folderForCopies();
    writtenByHyperion(folder.database, [["m", "1", "2"]]);
    using clock = vi.spyOn(Date, "now").mockReturnValue(statSync(folder.database).ctimeMs);
    await expect(read(folder.database)).rejects.toMatchObject({
      code: "locked",
      message: expect.stringMatching(
        /is written so fast that it could not be copied for reading: \d+ times in [\d.]+ m?s .*Try again when/,
      ),
    });
    clock.mockRestore();
    await using results = await read(folder.database);
    expect(await results.lookup("m", "1")).toBe("2");
    expect(readdirSync(copies.path)).toEqual([]);
  });

  test("that is given other options says which", async () => {
    const wrong: object = { path: "x", readOnly: true, programId: "prog1" };
    await expect(openResults(Object(wrong))).rejects.toThrow(/readOnly.*programId/);
    await expect(openResults(Object({ path: "x" }))).rejects.toThrow(/programId/);
  });
});

describe.skipIf(!haveStranger)("of another user (needs root, to be one)", () => {
  test("a database is read where modes allow it, and named where they don't", async () => {
    using folder = temporaryFolder();
    await killedWriter(folder);
    shareFolder(folder.path, 0o755);
    const readAsStranger = async (): Promise<readonly string[]> => {
      await using reader = runProgramWith({ READER_UID: String(STRANGER.uid) }, "reader.ts", folder.database);
      reader.write("read\n");
      return await remainingLines(reader);
    };
    expect(await readAsStranger()).toEqual(["open", "[3,1]"]);
    chmodSync(folder.database, 0o600);
    expect(await readAsStranger()).toEqual([
      expect.stringMatching(/^unreachable: Reading .* permission denied.*This user may not read it/),
    ]);
  });

  test("no link leads to a file of ours, and no log of theirs adds to a database of ours", async () => {
    using ours = temporaryFolder();
    using folder = temporaryFolder();
    await killedWriter(ours);
    shareFolder(folder.path, 0o1777);
    asStranger('ln -s "$1" "$2"', ours.database, folder.database);
    await expect(read(folder.database)).rejects.toMatchObject({ code: "not-ours" });
    rmSync(folder.database);
    writtenByHyperion(folder.database, [["m", "1", "2"]]);
    asStranger('cp "$1" "$2"; ', "/etc/hostname", `${folder.database}-wal`);
    await expect(read(folder.database)).rejects.toMatchObject({
      code: "not-ours",
      message: expect.stringMatching(/belongs to user 54321/),
    });
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
