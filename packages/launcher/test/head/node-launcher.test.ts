import { existsSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import {
  LaunchError,
  type NodeLauncher,
  type NodeLauncherOptions,
  type RunCmd,
  workerLauncherWithRunCmd,
} from "../../src/index.ts";
import { square, surroundings } from "../functions.ts";
import { isAlive, PATIENCE, testNode, testWorld, thrownBy, type World } from "../world.ts";

/** Opens a launcher whose agent is another command than it should be. */
function openWith(
  world: World,
  argv: (agent: string) => readonly string[],
  options: NodeLauncherOptions = {},
): Promise<NodeLauncher> {
  const runCmd: RunCmd = (command) => world.runCmd({ ...command, argv: argv(command.argv.at(-1) ?? "") });
  return workerLauncherWithRunCmd(world.folder, runCmd, { node: "n7", ...options });
}
const behindBanner = (bytes: number) => (agent: string) => [
  process.execPath,
  join(import.meta.dirname, "../programs/banner-agent.ts"),
  String(bytes),
  agent,
];

describe.concurrent("workerLauncherWithRunCmd", () => {
  test("starts an agent and through it workers, which take calls side by side", async () => {
    await using node = await testNode({ node: "n1" });
    expect(node.launcher).toMatchObject({ node: "n1", host: { hostname: hostname(), nodeVersion: process.version } });
    const workers = await Promise.all([1, 2, 3].map((cpuCount) => node.launcher.launch({ cpuCount })));
    await using parts = new AsyncDisposableStack();
    for (const worker of workers) parts.use(worker);
    expect(await Promise.all(workers.map((worker, i) => worker.call(square, i)))).toEqual([0, 1, 4]);
    const found = await Promise.all(workers.map((worker) => worker.call(surroundings, [])));
    expect(found.map(({ pid }) => pid)).toEqual(workers.map(({ pid }) => pid));
    expect(found.map(({ node: name, attempt, cpus }) => ({ name, attempt, cpus }))).toEqual(
      [1, 2, 3].map((count) => ({ name: "n1", attempt: 1, cpus: { count, ids: [] } })),
    );
    expect(workers.every(({ logFile }) => existsSync(logFile))).toBe(true);
  });

  test("ends the workers that are to be retired before a new one starts", async () => {
    await using node = await testNode();
    await using old = await node.launcher.launch({});
    await using fresh = await node.launcher.launch({ retire: [old] });
    expect(isAlive(old.pid)).toBe(false);
    expect(await fresh.call(square, 3)).toBe(9);
  });

  test("leaves a later worker alone when one that has died is disposed of", async () => {
    await using node = await testNode();
    const first = await node.launcher.launch({});
    await first.stop(0);
    await using second = await node.launcher.launch({});
    await first[Symbol.asyncDispose]();
    expect(await second.call(square, 4)).toBe(16);
  });

  test("skips a banner of 10 KB before the agent's greeting", async () => {
    await using world = testWorld();
    await using launcher = await openWith(world, behindBanner(10_000));
    await using worker = await launcher.launch({});
    expect(await worker.call(square, 5)).toBe(25);
  });

  test("refuses a banner of 100 KB, and shows how it begins", async () => {
    await using world = testWorld();
    const error = await thrownBy(openWith(world, behindBanner(100_000)));
    expect(error).toBeInstanceOf(LaunchError);
    expect(error).toMatchObject({
      code: "launch-failed",
      node: "n7",
      message: expect.stringContaining("Welcome to the cluster"),
    });
    expect(String(error).length).toBeLessThan(3_000);
    expect(world.processes()).toEqual([]);
  });

  test("gives up on a command that never greets, and ends it", async () => {
    await using world = testWorld();
    const error = await thrownBy(
      openWith(world, () => ["sh", "-c", "echo Password:; sleep 1000"], { times: { connectTimeoutMs: 3_000 } }),
    );
    expect(error).toBeInstanceOf(LaunchError);
    expect(String(error)).toMatch(/the agent on n7 \(sh -c .*\): it did not greet within 3 s\n {2}\| Password:/u);
    expect(world.processes()).toEqual([]);
  });

  test("shows all that a command printed which ended before it greeted", async () => {
    await using world = testWorld();
    const error = await thrownBy(
      openWith(world, () => ["sh", "-c", "echo this account is locked; echo ask the staff >&2; exit 5"]),
    );
    expect(error).toBeInstanceOf(LaunchError);
    expect(String(error)).toMatch(
      /it ended \(code 5\) before it greeted\n {2}\| this account is locked\n {2}\| ask the staff/u,
    );
  });

  test("leaves out where Node.js itself was when it failed", async () => {
    await using world = testWorld();
    const error = await thrownBy(openWith(world, () => [process.execPath, "/no/such/agent-main.js"]));
    expect(String(error)).toMatch(/\| Error: Cannot find module '\/no\/such\/agent-main\.js' \{\n/u);
    expect(String(error)).not.toMatch(/ at /u);
  });

  test("makes a LaunchError of a command that can't be started", async () => {
    await using world = testWorld();
    const error = await thrownBy(openWith(world, () => ["/no/such/ssh"]));
    expect(error).toBeInstanceOf(LaunchError);
    expect(error).toMatchObject({
      message: expect.stringContaining("the agent on n7: The command /no/such/ssh could not be started"),
      cause: { code: "command-failed" },
    });
  });

  test("refuses a greeting that is followed by something that is no frame", async () => {
    await using world = testWorld();
    const error = await thrownBy(
      openWith(world, () => ["printf", "\\000hyperion-ts frames 1\\000\\nThese are no frames at all"]),
    );
    expect(error).toBeInstanceOf(LaunchError);
    expect(String(error)).toMatch(/no frame/u);
  });

  test("does without the agent's log where it can't be written", async () => {
    await using world = testWorld();
    const logDir = join(world.folder, "logs");
    const runCmd: RunCmd = async (command) => {
      const running = await world.runCmd(command);
      rmSync(logDir, { recursive: true });
      return running;
    };
    await using launcher = await workerLauncherWithRunCmd(logDir, runCmd);
    await using worker = await launcher.launch({});
    expect(await worker.call(square, 6)).toBe(36);
  });

  test("refuses a worker that can't come up, with what it printed and where its log is", async () => {
    await using node = await testNode({ node: "n3" });
    const error = await thrownBy(node.launcher.launch({ cpuIds: [4_000], pin: true }));
    expect(error).toBeInstanceOf(LaunchError);
    expect(String(error)).toMatch(
      /a worker on n3: .*taskset: failed to set .* affinity: Invalid argument.*\(log: .*\.log\)/su,
    );
    await using worker = await node.launcher.launch({});
    expect(await worker.call(square, 7)).toBe(49);
  });

  test("refuses a worker whose log file can't be written", async () => {
    await using node = await testNode({ node: "n3" });
    rmSync(node.world.folder, { recursive: true });
    writeFileSync(node.world.folder, "");
    const error = await thrownBy(node.launcher.launch({}));
    expect(error).toBeInstanceOf(LaunchError);
    expect(String(error)).toMatch(/(EEXIST|ENOTDIR)/u);
  });

  test("gives up on a worker that is not ready in time, and ends it", async () => {
    await using node = await testNode({
      times: { connectTimeoutMs: 10_000 },
      env: { NODE_OPTIONS: `--import=${new URL("../programs/slow-worker.ts", import.meta.url).href}` },
    });
    const error = await thrownBy(node.launcher.launch({}));
    expect(error).toBeInstanceOf(LaunchError);
    expect(String(error)).toMatch(/it was not ready within 10 s/u);
    await vi.waitFor(
      () => expect(node.world.processes().filter(({ command }) => command.includes("worker-main"))).toEqual([]),
      PATIENCE,
    );
  });

  test("can't launch once it has been disposed of", async () => {
    await using world = testWorld();
    const launcher = await workerLauncherWithRunCmd(world.folder, world.runCmd);
    await launcher[Symbol.asyncDispose]();
    expect(await launcher.lost).toBe("the connection was closed");
    expect(await thrownBy(launcher.launch({}))).toBeInstanceOf(LaunchError);
    expect(world.processes()).toEqual([]);
  });
});
