/** What a test owns: a folder for logs, an agent with its workers, and the certainty that all of it is gone afterwards. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { type Command, type NodeLauncher, type NodeLauncherOptions, type RunCmd, runCmdLocalAsync, workerLauncherWithRunCmd } from "../src/index.ts";
import { isAlive, type LiveProcess, liveProcess, liveProcessesMarked } from "./live-processes.ts";

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 30_000 });

/** How long a condition may take to come true; generous, because it is a limit and not a claim. */
export const patience = { timeout: 10_000, interval: 10 } as const;

export interface World extends AsyncDisposable {
  readonly folder: string;
  /** The variable that marks all processes of this world, as an environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command here, marked. */
  readonly runCmd: RunCmd;
  /** The live processes of this world, wherever they hang in the process tree. */
  readonly processes: () => readonly LiveProcess[];
}

/** A folder and a mark. When it is disposed of, what still carries the mark is killed. */
export function testWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), "hyperion-ts-launcher-"));
  const mark = randomUUID();
  const env = { HYPERION_TEST_WORLD: mark };
  const processes = (): readonly LiveProcess[] => liveProcessesMarked(`HYPERION_TEST_WORLD=${mark}`);
  return {
    folder,
    env,
    processes,
    runCmd: (command: Command) => runCmdLocalAsync({ ...command, env: { ...command.env, ...env } }),
    [Symbol.asyncDispose]: async () => {
      for (const { pid } of processes()) kill(pid);
      await expect.poll(processes, patience).toEqual([]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface TestNode extends AsyncDisposable {
  readonly launcher: NodeLauncher;
  readonly world: World;
}

/** A launcher on this machine, in a world of its own. */
export async function testNode(options: NodeLauncherOptions & { readonly env?: Readonly<Record<string, string>> } = {}): Promise<TestNode> {
  const { env, ...others } = options;
  await using parts = new AsyncDisposableStack();
  const world = parts.use(testWorld());
  const runCmd: RunCmd = (command) => world.runCmd({ ...command, env: { ...command.env, ...env } });
  const launcher = parts.use(await workerLauncherWithRunCmd(world.folder, runCmd, { headSilenceMs: null, ...others }));
  const owned = parts.move();
  return { launcher, world, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export const kill = (pid: number, signal: NodeJS.Signals = "SIGKILL"): void => {
  if (isAlive(pid)) process.kill(pid, signal);
};

/** The agent that runs a worker. */
export const agentOf = (worker: { readonly pid: number }): number => {
  const agent = liveProcess(worker.pid)?.parent;
  if (agent === undefined) throw new Error(`The worker ${worker.pid} is not alive`);
  return agent;
};

/** What was thrown or rejected. Fails when nothing was. */
export const thrownBy = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("Expected a rejection");
};

export const readLog = (file: string): string => readFileSync(file, "utf8");
