import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtempDisposable, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeOnTestbed } from "../src/index.ts";
import { makeOnce } from "../src/make-once.ts";
import { allProcesses, argumentsOf } from "@hyperion-ts/processes";

const SCRIPT = 'echo made >>"$1"; sleep "$3"; mkdir "$2" && echo whole >"$2/file"';
const slowly = (log: string, seconds: string) => (part: string) => ["sh", "-c", SCRIPT, "sh", log, part, seconds];

describeOnTestbed(describe)("a folder that is made once", () => {
  it("is made by one of those who want it at the same time, and is whole for all", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "testbed-once-"));
    const [place, log] = [join(folder.path, "place"), join(folder.path, "log")];
    const make = async (): Promise<unknown> => [
      (await makeOnce(place, slowly(log, "0.3"))).exitCode,
      await readFile(join(place, "file"), "utf8"),
    ];
    expect(await Promise.all([make(), make(), make()])).toEqual([
      [0, "whole\n"],
      [0, "whole\n"],
      [0, "whole\n"],
    ]);
    expect(await readFile(log, "utf8")).toBe("made\n");
  });

  it("is not there, and nothing runs, when its maker was killed; the next one makes it, over what that left", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "testbed-once-"));
    const [place, log] = [join(folder.path, "place"), join(folder.path, "log")];
    const maker = spawn(process.execPath, [join(import.meta.dirname, "fixtures/once-maker.ts"), place], {
      stdio: "inherit",
    });
    await expect.poll(() => existsSync(`${place}.part/half`), { timeout: 30_000 }).toBe(true);
    maker.kill("SIGKILL");
    await expect
      .poll(
        () =>
          allProcesses().filter(({ pid }) => argumentsOf(pid).some((argument) => argument.startsWith(place))).length,
        { timeout: 30_000 },
      )
      .toBe(0);
    expect(existsSync(place)).toBe(false);
    expect((await makeOnce(place, slowly(log, "0"))).exitCode).toBe(0);
    expect(await readdir(place)).toEqual(["file"]);
  });

  it("is not there when its command fails, which says why", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "testbed-once-"));
    const place = join(folder.path, "place");
    expect(await makeOnce(place, (part) => ["sh", "-c", 'mkdir "$1"; echo no >&2; exit 7', "sh", part])).toEqual({
      exitCode: 7,
      stdout: "",
      stderr: "no\n",
    });
    expect(existsSync(place)).toBe(false);
  });
});
