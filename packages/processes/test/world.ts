/** What a test owns: commands that bear its mark, and the certainty that all that they have started is gone afterwards. */
import { randomUUID } from "node:crypto";
import { expect, vi } from "vitest";
import { type Command, type LiveProcess, liveProcessesWith, type LocalCommand, runCommand } from "../src/index.ts";

/** How long a condition may take to come true; generous, because it is a limit and not a claim. */
export const PATIENCE = { timeout: 60_000, interval: 10 } as const;

export interface World extends AsyncDisposable {
  /** Runs a command, marked. */
  readonly run: (command: Command) => Promise<LocalCommand>;
  /** The live processes of this world, wherever they hang in the process tree. */
  readonly processes: () => readonly LiveProcess[];
}

/** A mark. When it is disposed of, what still carries it is killed. */
export function testWorld(): World {
  const mark = randomUUID();
  const processes = (): readonly LiveProcess[] => liveProcessesWith(`HYPERION_TEST_WORLD=${mark}`);
  return {
    processes,
    run: (command) => runCommand({ ...command, env: { ...command.env, HYPERION_TEST_WORLD: mark } }),
    [Symbol.asyncDispose]: async () => {
      for (const { pid } of processes()) process.kill(pid, "SIGKILL");
      await vi.waitFor(() => expect(processes()).toEqual([]), PATIENCE);
    },
  };
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
