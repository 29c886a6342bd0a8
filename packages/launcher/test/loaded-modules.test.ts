/** What agents and workers load before they are asked for anything: each node reads it, and each start waits for it. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("an agent loads frames, and neither values nor rules of options nor what runs commands for others", async () => {
  const { files } = await loadedWith("../src/agent/agent.ts");
  expect(files).toEqual(expect.arrayContaining([expect.stringMatching(/\/wire\/src\/frame-writer\.ts$/)]));
  expect(
    files.filter((url) =>
      /\/msgpackr\/|\/wire\/src\/(?:index|codec|channel)\.|\/bounds\/src\/(?:index|rules)\.|\/processes\/src\/(?:index|run-command)\./.test(
        url,
      ),
    ),
  ).toEqual([]);
});

test("a worker loads no cryptography, no child processes and no web streams of the runtime before it needs them", async () => {
  const { files, builtIn } = await loadedWith("../src/worker/worker.ts");
  expect(files).toEqual(expect.arrayContaining([expect.stringMatching(/\/wire\/src\/codec\.ts$/)]));
  expect(builtIn.filter((name) => /\b(?:crypto|child_process|webstreams)\b/.test(name))).toEqual([]);
});

interface Loaded {
  readonly files: readonly string[];
  readonly builtIn: readonly string[];
}

/** What a process has loaded that has loaded this module of a program, whose main file would run it. */
async function loadedWith(module: string): Promise<Loaded> {
  const { href } = new URL(module, import.meta.url);
  const recorder = new URL("programs/record-modules.ts", import.meta.url).href;
  const tell = "console.log(JSON.stringify({ files: recordedModules, builtIn: process.moduleLoadList }))";
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--import=${recorder}`,
    "--input-type=module",
    `--eval=await import(${JSON.stringify(href)}); ${tell}; process.exit()`,
  ]);
  return JSON.parse(stdout) as Loaded;
}
