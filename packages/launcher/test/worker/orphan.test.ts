import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type NodeLauncher, type RunCmd, type RunningCommand, workerLauncherWithRunCmd } from "../../src/index.ts";
import { loop } from "../functions.ts";
import { leaveChild } from "../functions/programs.ts";
import { recordedCall } from "../recorded-call.ts";
import { agentOf, kill, patience, testNode, testWorld, type World } from "../world.ts";

/** A worker in a synchronous loop. */
async function launchLooping(launcher: NodeLauncher, world: World): Promise<number> {
  const worker = await launcher.launch({});
  const file = join(world.folder, `looping-${worker.serviceId}`);
  worker.submit(recordedCall(loop, { file, ms: null }));
  await expect.poll(() => existsSync(file), patience).toBe(true);
  return worker.pid;
}

test.for(["SIGKILL", "SIGTERM", "SIGINT"] as const)("nobody outlives a program that ends by %s: no agent, no worker in a loop, no child of a worker", async (signal) => {
  await using world = testWorld();
  await using head = await world.runCmd({ argv: [process.execPath, join(import.meta.dirname, "../programs/head-with-workers.ts"), world.folder], streams: "pipes" });
  if (head.stdout !== undefined) await once(head.stdout, "data");
  expect(world.processes().length).toBe(5);
  head.signal(signal);
  expect(await head.exited).toEqual({ code: null, signal });
  await expect.poll(world.processes, patience).toEqual([]);
});

test("nobody outlives the end of the agent's input", async () => {
  await using world = testWorld();
  const agents: RunningCommand[] = [];
  const runCmd: RunCmd = async (command) => {
    const running = await world.runCmd(command);
    agents.push(running);
    return running;
  };
  await using launcher = await workerLauncherWithRunCmd(world.folder, runCmd);
  await launchLooping(launcher, world);
  for (const agent of agents) agent.stdin?.end();
  expect(await launcher.lost).toMatch(/^its agent ended \(code 0\)\n {2}\|.*Ending: the head is gone$/su);
  await expect.poll(world.processes, patience).toEqual([]);
});

test("nobody outlives an agent that hears nothing of its head for the agreed time", async () => {
  await using world = testWorld();
  // The head sends no sign of life for longer than its agent waits.
  await using launcher = await workerLauncherWithRunCmd(world.folder, world.runCmd, { heartbeatMs: 400, headSilenceMs: 50, silenceMs: 10_000 });
  expect(await launcher.lost).toMatch(/Ending: nothing was heard from the head for \d+ ms/u);
  await expect.poll(world.processes, patience).toEqual([]);
});

test("where util-linux is missing, a thread watches for the end of the agent, and takes the worker's children along", async () => {
  await using node = await testNode({ env: { PATH: "/nonexistent" } });
  const looping = await launchLooping(node.launcher, node.world);
  await using other = await node.launcher.launch({ cpuIds: [0], pin: true });
  await other.call(leaveChild, {});
  const [agent] = [agentOf({ pid: looping })];
  kill(agent);
  await node.launcher.lost;
  await expect.poll(node.world.processes, patience).toEqual([]);
});
