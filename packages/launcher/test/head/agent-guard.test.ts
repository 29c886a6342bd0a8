/** Agents that can't see their head's end, because they were stopped, or hang, or were killed with it: nobody stays. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LiveProcess, liveProcess } from "@hyperion-ts/processes";
import { expect, test, vi } from "vitest";
import type { NodeLauncherConfig, RunningCommand } from "../../src/index.ts";
import { kill, PATIENCE, testNode, testWorld, type World } from "../world.ts";

vi.setConfig({ testTimeout: 120_000 });

/** A guard that loses patience soon. */
const SOON: Partial<NodeLauncherConfig> = { times: { silenceMs: 1_000, heartbeatMs: 200 } };
const GUARD_PATIENCE_MS = 6_000;

/** A head. Its workers run when it prints something. */
const startHead = (
  world: World,
  config: Partial<NodeLauncherConfig>,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningCommand> =>
  world.runCmd({
    argv: [
      process.execPath,
      join(import.meta.dirname, "../programs/head-with-workers.ts"),
      world.folder,
      JSON.stringify(config),
    ],
    env,
  });

async function busyHead(
  world: World,
  config: Partial<NodeLauncherConfig> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<RunningCommand> {
  const head = await startHead(world, config, env);
  await Promise.race([once(head.stdout, "data"), head.exited]);
  expect(head.lastErrors()).toBe("");
  // The head, the agent, its guard, two workers, three children.
  expect(world.processes().length).toBeGreaterThanOrEqual(7);
  return head;
}

const isAgent = ({ command }: Pick<LiveProcess, "command">): boolean => /^\S*node .*agent-main/.test(command);
const isGuard = ({ command }: LiveProcess): boolean => command.startsWith("bash -c");

function signalAll(world: World, which: (one: LiveProcess) => boolean, signal: NodeJS.Signals): void {
  const found = world.processes().filter(which);
  expect(found).not.toEqual([]);
  for (const { pid } of found) kill(pid, signal);
}

const nobodyIsLeft = (world: World): Promise<void> => vi.waitFor(() => expect(world.processes()).toEqual([]), PATIENCE);

test.concurrent.for<readonly [string, (one: LiveProcess, head: number) => boolean]>([
  ["an agent that was stopped", isAgent],
  ["a worker that was stopped", ({ command }) => command.includes("worker-main")],
  [
    "an agent that was stopped with its whole process group",
    ({ group }) => isAgent(liveProcess(group) ?? { command: "" }),
  ],
  ["a guard that was stopped", isGuard],
  ["a head that was stopped", ({ pid }, head) => pid === head],
  ["all that was stopped", () => true],
])("%s does not outlive its head, nor does what workers have started", async ([, which]) => {
  await using world = testWorld();
  await using head = await busyHead(world);
  signalAll(world, (one) => which(one, head.pid), "SIGSTOP");
  head.kill();
  await nobodyIsLeft(world);
});

test.concurrent.for<readonly [string, (one: LiveProcess) => boolean]>([
  ["an agent that is killed together with its head leaves", isAgent],
  [
    "an agent and workers that are killed together with their head leave",
    (one) => isAgent(one) || one.command.includes("worker-main"),
  ],
])("%s nothing that workers have started", async ([, which]) => {
  await using world = testWorld();
  await using head = await busyHead(world);
  signalAll(world, (one) => which(one) || one.pid === head.pid, "SIGKILL");
  await nobodyIsLeft(world);
});

test.concurrent("without setpriv, the guard ends an agent that was stopped before its head died", async () => {
  await using world = testWorld();
  const bin = join(world.folder, "bin");
  mkdirSync(bin);
  for (const tool of ["bash", "sh", "setsid", "sleep"])
    symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(bin, tool));
  await using head = await busyHead(world, SOON, { PATH: bin });
  signalAll(world, isAgent, "SIGSTOP");
  head.kill();
  await nobodyIsLeft(world);
});

test.concurrent("an agent that was stopped under a head which does not end is ended: the head may be somewhere else, and think that it is", async () => {
  await using world = testWorld();
  await using head = await busyHead(world, SOON);
  signalAll(world, ({ pid }) => pid === head.pid, "SIGSTOP");
  signalAll(world, isAgent, "SIGSTOP");
  await vi.waitFor(() => expect(world.processes().map(({ pid }) => pid)).toEqual([head.pid]), PATIENCE);
});

test.concurrent("an agent that hangs before its first line does not outlive its head", async () => {
  await using world = testWorld();
  const nodePath = join(world.folder, "hanging-node");
  writeFileSync(nodePath, "#!/bin/sh\nexec sleep 1000\n");
  chmodSync(nodePath, 0o700);
  await using head = await startHead(world, { nodePath });
  await vi.waitFor(() => expect(world.processes().map(({ command }) => command)).toContain("sleep 1000"), PATIENCE);
  head.kill();
  await nobodyIsLeft(world);
});

test.concurrent("all that were stopped together, for longer than the guard's patience, go on together", async () => {
  await using world = testWorld();
  await using head = await busyHead(world, SOON);
  const all = world.processes();
  signalAll(world, () => true, "SIGSTOP");
  await sleep(GUARD_PATIENCE_MS + 3_000);
  signalAll(world, () => true, "SIGCONT");
  // Nobody judges at once.
  await sleep(GUARD_PATIENCE_MS + 3_000);
  expect([head.hasEnded, world.processes()]).toEqual([false, all]);
});

test.concurrent("the guard is gone when its launcher was disposed of", async () => {
  await using node = await testNode();
  expect(node.world.processes().filter(isGuard)).toHaveLength(1);
  await node.launcher[Symbol.asyncDispose]();
  expect(node.world.processes()).toEqual([]);
});

test.concurrent("an agent that may be silent for ever is not ended", async () => {
  await using node = await testNode({ times: { silenceMs: Infinity } });
  const all = node.world.processes();
  // The guard looks once a second.
  await sleep(3_000);
  expect(node.world.processes()).toEqual(all);
});
