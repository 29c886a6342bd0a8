/** `hyperion run`: the program in place of the command, as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Answer } from "./world.ts";
import { hyperion, TestFolder } from "./world.ts";

const main = join(import.meta.dirname, "../src/main.ts");
const program = join(import.meta.dirname, "programs/with-options.ts");

const started = (cwd: string, args: readonly string[]): ChildProcess => {
  const { SLURM_JOB_ID: _job, ...env } = process.env;
  return spawn(process.execPath, [main, "run", ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
};

async function ran(cwd: string, ...args: readonly string[]): Promise<Answer> {
  const child = started(cwd, args);
  if (child.stdout === null || child.stderr === null) throw new Error("no streams");
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: Number(code), out, err };
}

test("a program runs with its options, with flags for Node, and with its own exit code", async () => {
  using folder = new TestFolder();
  const { path } = folder;
  expect(await ran(path, program)).toMatchObject({ code: 0, out: "squares 1 4 9, Node's flags \n", err: "" });
  expect(await ran(path, "--node=--no-warnings", "--local", program, "--", "--points", "2")).toMatchObject({
    code: 0,
    out: "squares 1 4, Node's flags --no-warnings\n",
  });
  expect(await ran(path, program, "--fails")).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("as it was told"),
  });
});

test("its options are listed by --help, and wrong ones named before anything runs", async () => {
  using folder = new TestFolder();
  const help = await ran(folder.path, program, "--help");
  expect(help).toMatchObject({ code: 0, err: "" });
  expect(help.out).toContain("Squares of the first numbers.");
  expect(help.out).toMatch(/--points <whole number> +how many numbers \(default: 3\)\n/);
  expect(await ran(folder.path, program, "--pionts", "3")).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining("Did you mean --points?"),
  });
  expect(await ran(folder.path, "--slurm", program)).toMatchObject({
    code: 2,
    err: expect.stringContaining("this is no Slurm job"),
  });
  expect(await hyperion("ps", "out")).toMatchObject({ err: expect.stringContaining("No program has run") });
});

test("a signal reaches the program: it is the process that the command was", async () => {
  using folder = new TestFolder();
  const child = started(folder.path, [program, "--waits"]);
  if (child.stdout === null) throw new Error("no stream");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(String(line)).toBe(`waits in ${child.pid}\n`);
  child.kill("SIGTERM");
  expect(await once(child, "close")).toEqual([143, null]);
});

test("a file that is not there, and two places at once, are mistakes", async () => {
  expect(await hyperion("run", "no-such-file.ts")).toMatchObject({ code: 3, err: expect.stringContaining("no file") });
  expect(await hyperion("run", "--local", "--slurm", program)).toMatchObject({ code: 2 });
});
