/** What a reader refuses, leaves behind, and may read of other users. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test, vi } from "vitest";
import { insert, lookup, memoizeWithMap, openResults } from "../../src/index.ts";
import { writtenByHyperion } from "../hyperion-rows.ts";
import { asStranger, haveStranger, shareFolder, STRANGER } from "../stranger.ts";
import { brackets, remainingLines, root, runProgramWith, temporaryFolder, type Folder } from "../world.ts";
import { killedWriter, read } from "./readings.ts";

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
    ["is in a folder that others may write to, as projects' are", (folder: Folder) => chmodSync(folder.path, 0o770)],
    ["is not there", (folder: Folder) => rmSync(folder.path, { recursive: true })],
  ])("needs no $TMPDIR: where it %s, the copy is made in /tmp, and nothing stays", async (_, spoil) => {
    using folder = temporaryFolder();
    await killedWriter(folder);
    using copies = folderForCopies();
    spoil(copies);
    await using results = await read(folder.database);
    expect(await lookup(brackets, root(1))({ results })).toEqual([1, 1]);
    expect(existsSync(copies.path) ? readdirSync(copies.path) : []).toEqual([]);
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
