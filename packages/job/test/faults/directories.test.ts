/** Directories that can't be: each is refused at once, by name, by a program of its own that could hang otherwise. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { programInfo } from "../../src/index.ts";
import { World } from "./world.ts";

const index = new URL("../../src/index.ts", import.meta.url).href;

/** Runs a job with the results directory; what it prints, and `null` where it has to be killed. */
function runIn(dir: string): { readonly status: number | null; readonly stdout: string } {
  const code = `
    import { programInfo, runJobLocal } from ${JSON.stringify(index)};
    await runJobLocal(programInfo(${JSON.stringify(dir)}), async () => 1, { cpus: 1, progress: "none" }).catch((error) => console.log(error.name + ": " + error.message));`;
  const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  return { status, stdout };
}

test.runIf(existsSync("/proc/self"))(
  "a directory below /proc, where Node's mkdir never returns, is refused at once",
  () => {
    for (const dir of ["/proc/x", "/proc/x/y", "/proc/self/x"]) {
      expect([dir, runIn(dir)]).toEqual([
        dir,
        {
          status: 0,
          stdout: expect.stringMatching(
            /^ResultsError: Opening the results database .* failed: The directory ".*" can't be made: .*ENOENT|^LogDirectoryError: The log directory .* can't be made: .*\(ENOENT\)/,
          ),
        },
      ]);
    }
  },
);

test("what stands in the way of a directory is named", async () => {
  await using world = new World();
  const at = (name: string): string => join(world.path, name);
  writeFileSync(at("file"), "");
  symlinkSync("nowhere", at("dangling"));
  symlinkSync("loop", at("loop"));
  spawnSync("mkfifo", [at("fifo")]);
  const table = {
    [at("file")]: "no directory",
    [at("fifo")]: "no directory",
    [at("dangling")]: "a symbolic link that leads nowhere",
    [at("loop")]: "round in a circle",
    [at("n".repeat(256))]: "too long",
    [`${world.path}${"/d".repeat(2_100)}`]: "too long",
    "/dev/null/x": "no directory",
  };
  const before = readdirSync(world.path);
  for (const [dir, reason] of Object.entries(table))
    expect([dir, runIn(dir)]).toEqual([dir, { status: 0, stdout: expect.stringContaining(reason) }]);
  expect(readdirSync(world.path)).toEqual(before);
});

test("what is no path is refused where it is written", () => {
  expect(() => programInfo("")).toThrow(
    new RangeError('programInfo: dir must be a text that is not empty and has no NUL character, not ""'),
  );
  expect(() => programInfo("a\0b")).toThrow(RangeError);
  for (const wrong of [undefined, null, 5] as unknown[]) expect(() => programInfo(wrong as string)).toThrow(TypeError);
});
