import { chmodSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { openResults, type ProgramInfo } from "@hyperion-ts/job";
import { afterEach, expect, test, vi } from "vitest";
import { newWorkDir } from "../../src/index.ts";
import { programFolder } from "../lock/world.ts";

afterEach(() => void vi.unstubAllEnvs());

/** Runs `use` in a program that has its database open. */
async function inProgram<A>(
  programInfo: ProgramInfo,
  use: (dir: (object: Parameters<typeof newWorkDir>[0]) => Promise<string>) => Promise<A>,
): Promise<A> {
  await using results = await openResults({ path: programInfo.database, programId: programInfo.id });
  return await use((object) => newWorkDir(object)({ programInfo, results }));
}

test("equal objects have one folder of their own, in each run", async () => {
  using folder = programFolder();
  const { programInfo } = folder.env;
  const [one, same, other] = await inProgram(programInfo, (dir) =>
    Promise.all([dir({ n: 1, x: 2 }), dir({ x: 2, n: 1 }), dir([1, 2])]),
  );
  expect(same).toBe(one);
  expect(other).not.toBe(one);
  expect(one).toMatch(new RegExp(`^${join(programInfo.dataDir, "Object_")}[\\w-]{43}$`));
  expect(statSync(one ?? "").mode & 0o777).toBe(0o700);
  expect(await inProgram(programInfo, (dir) => dir({ n: 1, x: 2 }))).toBe(one);
});

test("a program with the rows of another one finds its folder as long as that is there, and makes its own then", async () => {
  using folder = programFolder();
  const { programInfo } = folder.env;
  const first = await inProgram(programInfo, (dir) => dir("a"));
  const later = { ...programInfo, dataDir: join(folder.path, "later") };
  expect(await inProgram(later, (dir) => dir("a"))).toBe(first);
  rmSync(first, { recursive: true });
  const made = await inProgram(later, (dir) => dir("a"));
  expect(made.startsWith(later.dataDir)).toBe(true);
  expect(statSync(made).isDirectory()).toBe(true);
});

test("where others may write to the folder above, one in the home takes its place; what is there and theirs is refused", async () => {
  using folder = programFolder();
  const { programInfo } = folder.env;
  vi.stubEnv("HOME", join(folder.path, "home"));
  mkdirSync(programInfo.dataDir);
  chmodSync(programInfo.dataDir, 0o777);
  const made = await inProgram(programInfo, (dir) => dir(1));
  expect(made.startsWith(join(folder.path, "home/.local/state/hyperion-ts/data-"))).toBe(true);
  expect(statSync(made).mode & 0o777).toBe(0o700);
  expect(await inProgram(programInfo, (dir) => dir(1))).toBe(made);
  using other = programFolder();
  mkdirSync(join(other.env.programInfo.dataDir, "locks"), { recursive: true });
  chmodSync(other.env.programInfo.dataDir, 0o777);
  await expect(inProgram(other.env.programInfo, (dir) => dir(1))).rejects.toThrow("may be written to by others");
});

test("what is no JSON value has no folder", async () => {
  using folder = programFolder();
  const { programInfo } = folder.env;
  await expect(inProgram(programInfo, (dir) => dir(Number.NaN))).rejects.toThrow("an object must be a JSON value");
});
