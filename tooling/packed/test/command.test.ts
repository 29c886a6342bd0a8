/** The command as users get it: compiled, installed, a process of its own. How fast it is, beside what Node itself takes to start. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type InstalledFolder, installFolder } from "../src/installed-folder.ts";
import { runProgram } from "../src/run-program.ts";

/** Of the quick commands; those that look at a run take longer, and a third of the rounds tells as much. */
const ROUNDS = { quick: 20, looking: 8 };
/** Prints nothing but the seconds of CPU time that a command takes. */
const TIMED = 'TIMEFORMAT="%U %S"; { time "$@" >/dev/null 2>&1; } 2>&1';

let folder: InstalledFolder;

beforeAll(async () => {
  folder = await installFolder(inject("tarballs"), ["@hyperion-ts/cli", "@hyperion-ts/job", "zod"]);
  await cp(join(import.meta.dirname, "programs"), folder.path, { recursive: true });
});

afterAll(() => folder[Symbol.asyncDispose]());

test("its version, and what Tab completes, are there within twice the start of bare Node", async () => {
  const times = await inTurns(ROUNDS.quick, {
    bare: ["-e", "0"],
    version: command("--version"),
    tab: command("complete", "--", "st"),
  });
  expect(times.version / times.bare).toBeLessThan(2);
  expect(times.tab / times.bare).toBeLessThan(2);
});

test("the status of a run with ten thousand open calls and a hundred Slurm jobs, and what they wait for, are there within eight starts of bare Node", async () => {
  await using _run = await runningProgram();
  const status = JSON.parse(await hyperion("status", "out", "--json")) as {
    readonly functions: readonly { readonly waiting: number }[];
    readonly slurmJobs: readonly unknown[];
  };
  expect(status.slurmJobs).toHaveLength(100);
  expect(status.functions[0]?.waiting).toBeGreaterThan(9_990);
  const times = await inTurns(ROUNDS.looking, {
    bare: ["-e", "0"],
    status: command("status", "out"),
    tasks: command("tasks", "-d", "out"),
    jobs: command("jobs", "out", "--most", "100"),
  });
  expect(times.status / times.bare).toBeLessThan(8);
  expect(times.tasks / times.bare).toBeLessThan(8);
  expect(times.jobs / times.bare).toBeLessThan(8);
});

const command = (...args: readonly string[]): readonly string[] => [
  join(folder.path, "node_modules/@hyperion-ts/cli/dist/main.js"),
  ...args,
];

const hyperion = (...args: readonly string[]): Promise<string> =>
  runProgram([process.execPath, ...command(...args)], { cwd: folder.path });

/**
 * The median CPU time of each command, its own and the kernel's for it, in milliseconds: other programs of a busy machine are not in
 * it. They take turns, so that a machine that is slow for a while is so for all of them.
 */
async function inTurns<K extends string>(
  rounds: number,
  commands: Readonly<Record<K, readonly string[]>>,
): Promise<Readonly<Record<K, number>>> {
  const names = Object.keys(commands) as K[];
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const name of names) {
      const argv = ["bash", "-c", TIMED, "timed", process.execPath, ...commands[name]] as const;
      const [user = NaN, system = NaN] = (await runProgram(argv, { cwd: folder.path })).trim().split(" ").map(Number);
      times.get(name)?.push(1_000 * (user + system));
    }
  const median = (name: K): number => times.get(name)?.sort((a, b) => a - b)[rounds / 2] ?? Number.NaN;
  return Object.fromEntries(names.map((name) => [name, median(name)])) as Record<K, number>;
}

/** A program whose calls never end, when its run can be asked and two of them run; ended in order at the end of its scope. */
async function runningProgram(): Promise<AsyncDisposable> {
  const child = spawn(process.execPath, ["many-calls.ts"], {
    cwd: folder.path,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exited = once(child, "exit");
  const isAsked = (): boolean => globSync("out/logs/*/*/control.json", { cwd: folder.path }).length > 0;
  while (!isAsked() || !existsSync(join(folder.path, "out/running"))) {
    if (child.exitCode !== null) throw new Error(`The program ended early, with ${child.exitCode}`);
    await sleep(50);
  }
  return {
    [Symbol.asyncDispose]: async () => {
      await hyperion("stop", "-d", "out", "--wait");
      await exited;
    },
  };
}
