/** On a file system without file locks, which a library in front of libc makes of any: it needs a C compiler. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { remainingLines, runProgramWith, temporaryFolder } from "./world.ts";

const hasCompiler = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

const withoutLocks = (folder: string): string => {
  const source = fileURLToPath(new URL("programs/without-file-locks.c", import.meta.url));
  const library = join(folder, "without-file-locks.so");
  const { status, stderr } = spawnSync("cc", ["-shared", "-fPIC", "-o", library, source], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cc could not compile ${source}: ${stderr}`);
  return library;
};

describe.skipIf(!hasCompiler)("a file system that does not lock files", () => {
  test.each(["ENOSYS", "EOPNOTSUPP", "ENOLCK"] as const)("is named, and nothing is left there, where it answers %s", async (answer) => {
    using tools = temporaryFolder();
    using folder = temporaryFolder();
    const env = { LD_PRELOAD: withoutLocks(tools.path), LOCK_ERRNO: String(constants.errno[answer]) };
    await using program = runProgramWith(env, "holder.ts", folder.database);
    const [line = "", ...more] = await remainingLines(program);
    expect(more).toEqual([]);
    expect(line).toMatch(/^no-locks: Opening the results database .*results\.sqlite failed: the file system there does not lock files, not even a new one \(SQLite: .*Put the database on another file system.*flock/);
    expect(readdirSync(folder.path).filter((name) => name !== "results.sqlite")).toEqual([]);
  });
});
