import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type NodeLauncherOptions, workerLauncherWithRunCmd } from "../../src/index.ts";
import { loop, square, untilAborted, zeros } from "../functions.ts";
import { recordedCall } from "../recorded-call.ts";
import { agentOf, block, isAlive, kill, lineIn, PATIENCE, testNode, testWorld, thrownBy } from "../world.ts";

const HEARTBEAT_MS = 400;
const QUICK: NodeLauncherOptions = { times: { heartbeatMs: HEARTBEAT_MS, silenceMs: 3_000 } };

describe("an agent that is killed", () => {
  test("takes its workers with it, one in a synchronous loop too, and its calls are lost with the node", async () => {
    await using node = await testNode();
    await using looping = await node.launcher.launch({});
    await using waiting = await node.launcher.launch({});
    const files = ["looping", "waiting"].map((name) => join(node.world.folder, name));
    const [first = "", second = ""] = files;
    const running = recordedCall(loop, { file: first, until: null });
    const behind = recordedCall(square, 3);
    const other = recordedCall(untilAborted, { file: second });
    looping.submit(running);
    looping.submit(behind);
    waiting.submit(other);
    await lineIn(...files);
    kill(agentOf(looping));
    const reason = await node.launcher.lost;
    expect(reason).toMatch(/^its agent ended \(SIGKILL\)/u);
    expect([running, behind, other].map((call) => call.endings)).toEqual(
      [true, false, true].map((began) => [{ type: "lost", began, death: { kind: "node-lost", reason } }]),
    );
    await vi.waitFor(() => expect(node.world.processes()).toEqual([]), PATIENCE);
    expect(String(await thrownBy(node.launcher.launch({})))).toContain("the connection to the node is gone");
  });
});

describe("an agent that is stopped", () => {
  test("is given up after the silence that was agreed on, and killed with its workers", async () => {
    await using node = await testNode(QUICK);
    await using worker = await node.launcher.launch({});
    const call = recordedCall(untilAborted, { file: join(node.world.folder, "waiting") });
    worker.submit(call);
    kill(agentOf(worker), "SIGSTOP");
    expect(await node.launcher.lost).toMatch(/^nothing was heard from its agent for [\d.]+ m?s$/u);
    expect(call.endings).toMatchObject([{ type: "lost", death: { kind: "node-lost" } }]);
    expect(await worker.gone).toMatchObject({ kind: "node-lost" });
    await vi.waitFor(() => expect(node.world.processes()).toEqual([]), PATIENCE);
  });
});

describe("a node is not given up", () => {
  test("because this process was busy for longer than the silence that it allows", async () => {
    await using node = await testNode(QUICK);
    await using worker = await node.launcher.launch({});
    block(9_000);
    expect(await worker.call(square, 3)).toBe(9);
    // Long enough that a node which was given up would be known by now.
    await new Promise((resolve) => setTimeout(resolve, 3 * HEARTBEAT_MS));
    expect(await worker.call(square, 4)).toBe(16);
  });

  test("because a worker computes, or sends a result of 200 MB; other workers' calls go on meanwhile", async () => {
    await using node = await testNode(QUICK);
    await using sender = await node.launcher.launch({});
    await using other = await node.launcher.launch({});
    const big = recordedCall(zeros, 200_000_000);
    sender.submit(big);
    let meanwhile = 0;
    while (big.endings.length === 0) {
      meanwhile += await other.call(square, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(meanwhile).toBeGreaterThan(5);
    expect(await big.ended).toMatchObject({ type: "succeeded", value: { byteLength: 200_000_000 } });
    expect(await sender.call(square, 6)).toBe(36);
  });
});

test("a result beyond maxResultBytes is refused with both numbers, and the worker goes on", async () => {
  await using node = await testNode({ maxResultBytes: 1_000_000 });
  await using worker = await node.launcher.launch({});
  expect(await thrownBy(worker.call(zeros, 5_000_000))).toMatchObject({
    code: "too-large",
    message: expect.stringMatching(/"test\/zeros" has 5\d{6} bytes, more than the 1000000/u),
  });
  expect(await worker.call(zeros, 900_000)).toHaveLength(900_000);
});

describe.concurrent("the end of a launcher", () => {
  test("leaves no process, also when its workers are in loops of all kinds", async () => {
    await using world = testWorld();
    {
      await using launcher = await workerLauncherWithRunCmd(world.folder, world.runCmd);
      const files = ["looping", "waiting"].map((name) => join(world.folder, name));
      const [first = "", second = ""] = files;
      const looping = await launcher.launch({});
      const waiting = await launcher.launch({});
      looping.submit(recordedCall(loop, { file: first, until: null }));
      waiting.submit(recordedCall(untilAborted, { file: second }));
      await lineIn(...files);
    }
    expect(world.processes()).toEqual([]);
  });

  test("is told as such to the calls that were still waited for", async () => {
    await using world = testWorld();
    const launcher = await workerLauncherWithRunCmd(world.folder, world.runCmd);
    const worker = await launcher.launch({});
    const file = join(world.folder, "waiting");
    const failed = thrownBy(worker.call(untilAborted, { file }));
    await lineIn(file);
    await launcher[Symbol.asyncDispose]();
    expect(await failed).toMatchObject({ name: "WorkerDiedError", code: "worker-died" });
    expect(isAlive(worker.pid)).toBe(false);
  });

  test("kills an agent that does not answer", async () => {
    await using world = testWorld();
    const launcher = await workerLauncherWithRunCmd(world.folder, world.runCmd);
    const worker = await launcher.launch({});
    kill(agentOf(worker), "SIGSTOP");
    await launcher[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(world.processes()).toEqual([]), PATIENCE);
  });
});
