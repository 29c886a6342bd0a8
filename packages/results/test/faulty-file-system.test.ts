/** On faulty file systems, which a library in front of libc makes of any: it needs a C compiler. */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { remainingLines, runProgramWith, temporaryFolder } from "./world.ts";

const hasCompiler = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

function faultyFileSystem(folder: string): string {
  const source = fileURLToPath(new URL("programs/faulty-file-system.c", import.meta.url));
  const library = join(folder, "faulty-file-system.so");
  const { status, stderr } = spawnSync("cc", ["-shared", "-fPIC", "-o", library, source], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cc could not compile ${source}: ${stderr}`);
  return library;
}

describe.skipIf(!hasCompiler)("a file system that does not lock files", () => {
  test.each(["ENOSYS", "EOPNOTSUPP", "ENOLCK"] as const)(
    "is named, and nothing is left there, where it answers %s",
    async (answer) => {
      using tools = temporaryFolder();
      using folder = temporaryFolder();
      const env = { LD_PRELOAD: faultyFileSystem(tools.path), LOCK_ERRNO: String(constants.errno[answer]) };
      await using program = runProgramWith(env, "holder.ts", folder.database);
      const [line = "", ...more] = await remainingLines(program);
      expect(more).toEqual([]);
      expect(line).toMatch(
        /^no-locks: Opening the results database .*results\.sqlite failed: the file system there does not lock files, not even a new one \(SQLite: .*Put the database on another file system.*flock/,
      );
      expect(readdirSync(folder.path).filter((name) => name !== "results.sqlite")).toEqual([]);
    },
  );
});

describe.skipIf(!hasCompiler)("a quota that is used up", () => {
  const programEnv = (folder: string): NodeJS.ProcessEnv => ({
    LD_PRELOAD: faultyFileSystem(folder),
    WRITE_ERRNO: String(constants.errno.EDQUOT),
    WRITE_FAULT_FROM: join(folder, "mark"),
  });

  test("is named, what was stored before is kept, and writing goes on once there is room", async () => {
    using tools = temporaryFolder();
    using folder = temporaryFolder();
    await using program = runProgramWith(
      programEnv(tools.path),
      "fills-quota.ts",
      folder.database,
      join(tools.path, "mark"),
    );
    const [first, second, third] = await remainingLines(program);
    expect([first, third]).toEqual(["1 stored", "3 stored"]);
    expect(second).toMatch(
      /^disk-full: Writing to the results database .*results\.sqlite failed: the disk is full, or a quota is used up \(disk I\/O error\).*Make room \(df, quota\)/,
    );
    expect(readdirSync(folder.path)).toEqual(["results.sqlite"]);
  });

  test("is named where it keeps what a removed database had from being saved", async () => {
    using tools = temporaryFolder();
    using folder = temporaryFolder();
    const inner = join(folder.path, "inner");
    await using program = runProgramWith(programEnv(tools.path), "loses-folder.ts", join(inner, "results.sqlite"));
    expect(await program.nextLine()).toBe("stored");
    rmSync(inner, { recursive: true });
    writeFileSync(join(tools.path, "mark"), "");
    program.endInput();
    expect((await remainingLines(program)).join()).toMatch(
      /^file-lost: .*removed or renamed, or its folder was\. Its results could not be saved elsewhere: ENOENT.*; .*disk.*Nothing more is stored/,
    );
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("is named where not even the lock file can be written", async () => {
    using tools = temporaryFolder();
    using folder = temporaryFolder();
    const env = programEnv(tools.path);
    await using program = runProgramWith({ ...env, WRITE_FAULT_FROM: tools.path }, "holder.ts", folder.database);
    expect((await remainingLines(program)).join()).toMatch(
      /^disk-full: Locking the results database .*failed: the disk is full, or a quota is used up .*Make room \(df, quota\)/,
    );
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
