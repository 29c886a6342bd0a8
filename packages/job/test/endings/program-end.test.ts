/** README's program says nothing of how it ends: what a shell, a batch system and a person see of its end. */
import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { descendants, untilGone } from "@hyperion-ts/processes";
import { describe, expect, test, vi } from "vitest";
import { TempDir } from "../local-run.ts";

// Programs wait more than they compute.
vi.setConfig({ maxConcurrency: 3 });

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
const hasScript = spawnSync("script", ["--version"]).error === undefined;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; `onBegun` hears when its calls are wanted. What it has started is gone afterwards, whatever happens. */
async function ended(
  argv: readonly [string, ...string[]],
  onBegun: (pid: number, type: (keys: string) => void) => void = () => undefined,
): Promise<Ended> {
  const [command, ...args] = argv;
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const { pid = Number.NaN } = child;
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    const started = descendants(pid);
    child.kill("SIGKILL");
    await untilGone(started, 60_000);
  });
  let stdout = "";
  let isBegun = false;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    if (isBegun || !stdout.includes("begun")) return;
    isBegun = true;
    onBegun(pid, (keys) => child.stdin.write(keys));
  });
  const exit = new Promise<Pick<Ended, "code" | "signal">>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  const [end, stderr] = await Promise.all([exit, text(child.stderr)]);
  return { ...end, stdout: stdout.replaceAll(/^begun\n/gm, ""), stderr };
}

async function endOf(what: string, onBegun?: (pid: number) => void): Promise<Ended> {
  using dir = new TempDir();
  return await ended([process.execPath, program("ending.ts"), dir.path, what], onBegun);
}

/** The frames of a stack, and Node's last words: nobody but the authors of a runtime has a use for these. */
const internals = ({ stderr }: Ended): readonly string[] =>
  stderr
    .split("\n")
    .filter((line) =>
      /^Node\.js v|triggerUncaught|node:internal|\/(?:job|launcher|results|remote|wire)\/src\//.test(line),
    );

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("a program that a signal ends", () => {
  test.concurrent.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("by %s has the exit code %i, and says once how to go on", async (signal, code) => {
    const end = await endOf("endless", (pid) => process.kill(pid, signal));
    expect(end).toMatchObject({ code, signal: null, stdout: "" });
    expect(end.stderr).toMatch(
      /\ninterrupted after .*\n {2}what was stored is in .*results\.sqlite: run the same command again to go on from there\n$/,
    );
    expect(count(end.stderr, "run the same command again")).toBe(1);
    expect(internals(end)).toEqual([]);
  });

  test.concurrent("says how to go on also without a display", async () => {
    const end = await endOf("quiet-endless", (pid) => process.kill(pid, "SIGINT"));
    expect(end.code).toBe(130);
    expect(end.stderr).toMatch(/^Interrupted by SIGINT: .* run the same command again to go on from there\.\n$/);
  });

  test.concurrent("ends behind its own listeners", async () => {
    expect(await endOf("with-listeners", (pid) => process.kill(pid, "SIGTERM"))).toMatchObject({
      code: 143,
      stdout: expect.stringMatching(/^listener heard \d+\n$/),
    });
  });

  test.skipIf(!hasScript).concurrent("ends by Ctrl-C on a terminal with 130", async () => {
    using dir = new TempDir();
    const end = await ended(
      ["script", "-qec", `'${process.execPath}' '${program("ending.ts")}' '${dir.path}' endless`, "/dev/null"],
      (_pid, type) => type("\u0003"),
    );
    expect(end.code).toBe(130);
    expect(count(end.stdout, "run the same command again")).toBe(1);
    expect(internals({ ...end, stderr: end.stdout })).toEqual([]);
  });
});

describe("a program that fails", () => {
  test.concurrent.each([
    ["with a call", "failing-call", "RangeError: x must not be negative"],
    ["with a call and no display", "quiet-failing-call", "RangeError: x must not be negative"],
    ["with an error of its job", "failing-job", "SyntaxError: Expected property name"],
    ["without a directory for its files", "no-directory", "can't be made"],
    ["outside of an allocation", "no-allocation", "SLURM_JOB_ID"],
    ["with its second run", "fine-then-failing", "RangeError: x must not be negative"],
  ] as const)("%s has the exit code 1, and says once why, and where in its own code", async (_title, what, reason) => {
    const end = await endOf(what);
    expect(end).toMatchObject({ code: 1, signal: null });
    expect([count(end.stderr, reason), end.stderr]).toEqual([
      1,
      expect.stringMatching(/\n +at .*programs\/ending\.ts:\d+:\d+\)?\n$/),
    ]);
    expect(internals(end)).toEqual([]);
  });

  test.concurrent.each([
    ["plain JavaScript", "plain.mjs"],
    ["CommonJS, whose promise nobody awaits", "common.cjs"],
  ])("ends so in %s too", async (_title, file) => {
    using dir = new TempDir();
    const end = await ended([process.execPath, program(file), dir.path]);
    expect(end).toMatchObject({ code: 1, signal: null });
    expect(count(end.stderr, "RangeError: x must not be negative")).toBe(1);
    expect(end.stderr).toMatch(new RegExp(`\n +at .*programs/${RegExp.escape(file)}:\\d+:\\d+\\)?\n$`));
    expect(internals(end)).toEqual([]);
  });

  test.concurrent("says also what came to light deep inside", async () => {
    const end = await endOf("never-fits");
    expect([end.code, count(end.stderr, "1000 CPUs can never be reserved"), internals(end)]).toEqual([1, 1, []]);
  });

  test.concurrent("with a call that nobody awaits has the exit code 1, and says once which, and to await it", async () => {
    const end = await endOf("left-behind");
    expect(end).toMatchObject({ code: 1, signal: null });
    expect(end.stderr).toMatch(
      /\ntest\/picky was left behind\n {2}the run ended while this call waited or ran\. Was it awaited\? .*\n {2}input {2}\{ x: 1, ms: 3600000 \}\n$/,
    );
    expect([count(end.stderr, "left behind"), internals(end)]).toEqual([1, []]);
  });

  test.concurrent("outside of its runs is Node's to tell of", async () => {
    const end = await endOf("outside");
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(/TypeError: This is no error of a run\n +at [^]*\nNode\.js v/);
  });
});

describe("a program that handles failures itself", () => {
  test.concurrent.each([
    ["catches them", "caught", { code: 0, stdout: "caught\n" }],
    ["has an exit code of its own", "own-code", { code: 7, stdout: "" }],
    ["goes on with another run", "caught-then-fine", { code: 0, stdout: "[ 1 ]\n" }],
    ["listens to uncaught errors", "own-handler", { code: 9, stdout: "handler has CallError\n" }],
    ["watches uncaught errors", "own-monitor", { code: 1, stdout: "monitor has CallError\n" }],
  ])("ends as it wants: it %s", async (_title, what, expected) => {
    const end = await endOf(what);
    expect(end).toMatchObject(expected);
    expect(internals(end)).toEqual([]);
  });
});
