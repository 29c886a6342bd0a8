/** What a test owns: a folder for logs, an agent with its workers, and the certainty that all of it is gone afterwards. */
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LiveProcess, liveProcess, liveProcessesWith } from "@hyperion-ts/processes";
import { afterAll, expect, vi } from "vitest";
import {
  type Command,
  type NodeLauncher,
  type NodeLauncherOptions,
  type RunCmd,
  type RunningCommand,
  runCmdLocalAsync,
  workerLauncherWithRunCmd,
} from "../src/index.ts";

/** How long a condition may take to come true; generous, because it is a limit and not a claim. */
export const PATIENCE = { timeout: 60_000, interval: 10 } as const;

export interface World extends AsyncDisposable {
  readonly folder: string;
  /** The environment of all processes of this world, which has its mark. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command here, marked. */
  readonly runCmd: (command: Command) => Promise<RunningCommand>;
  /** The live processes of this world, wherever they hang in the process tree. */
  readonly processes: () => readonly LiveProcess[];
}

/** Agents and workers of all tests run the same files: compiled once, they start in half the time. */
export const compileCache = join(import.meta.dirname, "../node_modules/.cache/compiled-by-tests");

/** Worlds that are in use. A test that took too long goes on waiting and never disposes of its own. */
const open = new Set<World>();
afterAll(() => Promise.all([...open].map((world) => world[Symbol.asyncDispose]())));

/** A folder and a mark. When it is disposed of, what still carries the mark is killed. */
export function testWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), "hyperion-ts-launcher-"));
  const mark = randomUUID();
  const env = { HYPERION_TEST_WORLD: mark, NODE_COMPILE_CACHE: compileCache };
  const processes = (): readonly LiveProcess[] => liveProcessesWith(`HYPERION_TEST_WORLD=${mark}`);
  const world: World = {
    folder,
    env,
    processes,
    runCmd: (command: Command) => runCmdLocalAsync({ ...command, env: { ...command.env, ...env } }),
    [Symbol.asyncDispose]: async () => {
      for (const { pid } of processes()) kill(pid);
      await vi.waitFor(() => expect(processes()).toEqual([]), PATIENCE);
      rmSync(folder, { recursive: true, force: true });
      open.delete(world);
    },
  };
  open.add(world);
  return world;
}

export interface TestNode extends AsyncDisposable {
  readonly launcher: NodeLauncher;
  readonly world: World;
}

/** A launcher on this machine, in a world of its own. */
export async function testNode(
  options: NodeLauncherOptions & { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<TestNode> {
  const { env, times, ...others } = options;
  await using parts = new AsyncDisposableStack();
  const world = parts.use(testWorld());
  const runCmd: RunCmd = (command) => world.runCmd({ ...command, env: { ...command.env, ...env } });
  const launcher = parts.use(
    await workerLauncherWithRunCmd(world.folder, runCmd, { times: { headSilenceMs: Infinity, ...times }, ...others }),
  );
  const owned = parts.move();
  return { launcher, world, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Whether a process of that number runs; a zombie does not. */
export const isAlive = (pid: number): boolean => liveProcess(pid) !== undefined;

export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  if (isAlive(pid)) process.kill(pid, signal);
}

/** Lets this process's event loop stand still. */
export const block = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** The agent that runs a worker. */
export function agentOf(worker: { readonly pid: number }): number {
  const agent = liveProcess(worker.pid)?.parent;
  if (agent === undefined) throw new Error(`The worker ${worker.pid} is not alive`);
  return agent;
}

/** What was thrown or rejected. Fails when nothing was. */
export async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("Expected a rejection");
}

export const readLog = (file: string): string => readFileSync(file, "utf8");

/** Waits until each of the files has a whole line: one that is there may still be empty. */
export async function lineIn(...files: readonly string[]): Promise<void> {
  const lacking = (): string[] => files.filter((file) => !existsSync(file) || !readLog(file).includes("\n"));
  await vi.waitFor(() => expect(lacking()).toEqual([]), PATIENCE);
}
