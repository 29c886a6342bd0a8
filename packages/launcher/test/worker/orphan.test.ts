import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { liveProcessesBelow } from "@hyperion-ts/processes";
import { expect, test, vi } from "vitest";
import { type NodeLauncher, type RunCmd, type RunningCommand, workerLauncherWithRunCmd } from "../../src/index.ts";
import { loop } from "../functions.ts";
import { exec, leaveChild, leaveOrphan } from "../functions/programs.ts";
import { recordedCall } from "../recorded-call.ts";
import { agentOf, block, isAlive, kill, lineIn, PATIENCE, readLog, testNode, testWorld, type World } from "../world.ts";

/** A worker in a synchronous loop. */
async function launchLooping(launcher: NodeLauncher, world: World): Promise<number> {
  const worker = await launcher.launch({});
  const file = join(world.folder, `looping-${worker.serviceId}`);
  worker.submit(recordedCall(loop, { file, until: null }));
  await lineIn(file);
  return worker.pid;
}

test.concurrent.for(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "nobody outlives a program that ends by %s: no agent, no worker in a loop, no child of a worker",
  async (signal) => {
    await using world = testWorld();
    await using head = await world.runCmd({
      argv: [process.execPath, join(import.meta.dirname, "../programs/head-with-workers.ts"), world.folder],
    });
    if (head.stdout !== undefined) await Promise.race([once(head.stdout, "data"), head.exited]);
    expect(world.processes().length).toBeGreaterThanOrEqual(5);
    head.signal(signal);
    expect(await head.exited).toEqual({ code: null, signal });
    await vi.waitFor(() => expect(world.processes()).toEqual([]), PATIENCE);
  },
);

test.concurrent("nobody outlives the end of the agent's input", async () => {
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
  await vi.waitFor(() => expect(world.processes()).toEqual([]), PATIENCE);
});

test.concurrent("nobody outlives an agent that hears nothing of its head for the agreed time", async () => {
  await using world = testWorld();
  await using launcher = await workerLauncherWithRunCmd(world.folder, world.runCmd, {
    times: { heartbeatMs: 50, headSilenceMs: 300 },
  });
  block(1_000);
  await launcher.lost;
  const logs = (): readonly string[] => readdirSync(world.folder).map((name) => readLog(join(world.folder, name)));
  await vi.waitFor(
    () => expect(logs()).toEqual([expect.stringMatching(/Ending: nothing was heard from the head for [\d.]+ m?s/u)]),
    PATIENCE,
  );
  await vi.waitFor(() => expect(world.processes()).toEqual([]), PATIENCE);
});

test.concurrent("where util-linux is missing, a thread watches for the end of the agent, and takes the worker's children along", async () => {
  await using node = await testNode({ env: { PATH: "/nonexistent" } });
  const looping = await launchLooping(node.launcher, node.world);
  await using other = await node.launcher.launch({ cpuIds: [0], pin: true });
  await other.call(leaveChild, {});
  kill(agentOf({ pid: looping }));
  await node.launcher.lost;
  await vi.waitFor(() => expect(node.world.processes()).toEqual([]), PATIENCE);
});

test.concurrent.for([
  ["it is killed", (pid: number) => kill(pid)],
  ["it ends at SIGTERM", (pid: number) => kill(pid, "SIGTERM")],
] as const)(
  "children of a worker that are in sessions of their own end with it when %s, also those whose parents have ended, and no others do",
  async ([, end]) => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    await using other = await node.launcher.launch({});
    const children = [await worker.call(leaveChild, { detached: true }), await worker.call(leaveOrphan, null)];
    const stays = await other.call(leaveChild, { detached: true });
    expect([...children, stays].filter(isAlive)).toHaveLength(3);
    end(worker.pid);
    await worker.gone;
    await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), PATIENCE);
    expect(isAlive(stays)).toBe(true);
    await node.launcher[Symbol.asyncDispose]();
    expect(node.world.processes()).toEqual([]);
  },
);

test.concurrent.for<readonly [string, (worker: AsyncDisposable, launcher: AsyncDisposable) => AsyncDisposable]>([
  ["it is disposed of", (worker) => worker],
  ["its launcher is disposed of", (_, launcher) => launcher],
])("a worker that was stopped by SIGSTOP ends when %s, with its programs and its other children", async ([, which]) => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  await worker.call(leaveChild, { detached: true });
  const file = join(node.world.folder, "program");
  worker.submit(recordedCall(exec, { file: "sh", args: ["-c", `sleep 1000 & echo >${file}; wait`] }));
  await lineIn(file);
  const agent = agentOf(worker);
  const started = liveProcessesBelow(agent)
    .filter(({ command }) => !command.startsWith("bash -c"))
    .map(({ pid }) => pid);
  expect(started.length).toBeGreaterThanOrEqual(4);
  kill(worker.pid, "SIGSTOP");
  await which(worker, node.launcher)[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(started.filter(isAlive)).toEqual([]), PATIENCE);
});

test.concurrent("what many workers leave behind that end at once is gone when the launcher is disposed of", async () => {
  await using node = await testNode();
  const workers = await Promise.all([1, 2, 3, 4].map(() => node.launcher.launch({})));
  const children = await Promise.all(
    workers.flatMap((worker) => [worker.call(leaveChild, { detached: true }), worker.call(leaveOrphan, null)]),
  );
  expect(children.filter(isAlive)).toHaveLength(8);
  await node.launcher[Symbol.asyncDispose]();
  expect(node.world.processes()).toEqual([]);
});

test.concurrent("children of a worker that is killed together with its agent are ended by the head", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const children = [
    await worker.call(leaveChild, {}),
    await worker.call(leaveChild, { detached: true }),
    await worker.call(leaveOrphan, null),
  ];
  for (const pid of [agentOf(worker), worker.pid]) kill(pid);
  await node.launcher.lost;
  await vi.waitFor(() => expect(node.world.processes()).toEqual([]), PATIENCE);
  expect(children.filter(isAlive)).toEqual([]);
});
