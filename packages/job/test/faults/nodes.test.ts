/** Nodes that are lost, and a head that looks as if it were. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import {
  type HasWorkers,
  type Job,
  mapConcurrently,
  mapConcurrentlySettled,
  remoteEval,
  type RunEvent,
  runJobLocal,
} from "../../src/index.ts";
import { placed } from "../functions/placed.ts";
import { square } from "../functions.ts";
import { quick, twoNodes } from "./two-nodes.ts";
import { killWorkers, numbers, ourProcesses, quiet, thrownBy, until, World } from "./world.ts";

afterEach(() => vi.unstubAllEnvs());

/** Two calls run and many wait when something happens to the agent. */
const whileBusy =
  (happen: (agent: number) => void): Job<unknown> =>
  async (env) => {
    const { agent } = await remoteEval(placed, { x: 0, ms: 0 })(env);
    const busy = mapConcurrentlySettled(numbers(50), (x) => remoteEval(placed, { x, ms: 600_000 }))(env);
    await until(() => env.pool.snapshot().waiting === 48);
    happen(agent);
    return await busy;
  };

test.for([
  [
    "killed",
    "SIGKILL",
    /no node is left to run it\. What was stored is kept: run the program again\. .+ was lost: its agent ended \(SIGKILL\)\n {2}input/,
  ],
  [
    "stopped",
    "SIGSTOP",
    /no node is left to run it\. .+ was lost: nothing was heard from its agent for [\d.]+ m?s\n {2}input/,
  ],
] as const)(
  "when the only agent is %s, every call ends, those that wait too, and says which node was lost and why",
  async ([, signal, message]) => {
    await using world = new World();
    const events: RunEvent[] = [];
    const job = whileBusy((agent) => process.kill(agent, signal));
    const ends = await runJobLocal(world.info, job, {
      ...quiet,
      ...quick,
      onEvent: ({ event }) => events.push(event),
    });
    expect(ends).toHaveLength(50);
    for (const end of Array.isArray(ends) ? ends : [])
      expect(end).toMatchObject({
        status: "rejected",
        reason: { name: "CallError", reason: { kind: "no-node" }, message: expect.stringMatching(message) },
      });
    expect(events.filter(({ type }) => type === "node-lost")).toHaveLength(1);
    // Only those that ran: one whose worker still started has lost no attempt.
    expect(events.filter(({ type }) => type === "call-retried").length).toBeLessThanOrEqual(2);
    await until(() => ourProcesses().length === 0);
  },
);

test("a job that does not catch the loss of its only node ends the run with it, and tells it once for all of its calls", async () => {
  await using world = new World();
  using written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const job: Job<unknown> = async (env) => {
    const { agent } = await remoteEval(placed, { x: 0, ms: 0 })(env);
    process.kill(agent, "SIGKILL");
    return await mapConcurrently(numbers(5), (x) => remoteEval(square, x))(env);
  };
  const error = await thrownBy(runJobLocal(world.info, job, { ...quiet, progress: "plain" }));
  const told = written.mock.calls.map(([text]) => String(text)).join("");
  expect(told).toMatch(
    /\n✗ \S+ is lost: its agent ended \(SIGKILL\)\n([⚠\d].*\n)*✗ no node is left to run [1-5] calls? of test\/square\. What was stored is kept: run the program again\n(\d\d:.*\n)*failed after/,
  );
  expect(told.match(/no node/g)).toHaveLength(1);
  expect(error.message).toMatch(
    /^test\/square found no node, attempt \d of \d\n {2}no node is left to run it\. .* was lost: its agent ended \(SIGKILL\)\n {2}input {2}\d$/,
  );
  await until(() => ourProcesses().length === 0);
});

test("a job that blocks the head's event loop for many times the silence that it allows loses no node and no call", async () => {
  await using world = new World();
  const events: RunEvent[] = [];
  const job: Job<unknown> = async (env) => {
    const before = mapConcurrently(numbers(20), (x) => remoteEval(placed, { x, ms: 20 }))(env);
    await sleep(100);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15_000);
    // Long enough that a node which was given up would be known by now.
    await sleep(3 * quick.times.heartbeatMs);
    return {
      before: (await before).map(({ x, attempt }) => [x, attempt]),
      after: await mapConcurrently(numbers(20), (x) => remoteEval(square, x))(env),
    };
  };
  const value = await runJobLocal(world.info, job, {
    ...quiet,
    ...quick,
    onEvent: ({ event }) => events.push(event),
  });
  expect(value).toEqual({ before: numbers(20).map((x) => [x, 1]), after: numbers(20).map((x) => x * x) });
  expect(events.filter(({ type }) => type === "node-lost" || type === "worker-ended")).toEqual([]);
});

test.for([
  ["killed", "SIGKILL", /^its agent ended \(SIGKILL\)/],
  ["stopped", "SIGSTOP", /^nothing was heard from its agent for [\d.]+ m?s/],
] as const)(
  "when one of two agents is %s, its calls run again on the other node, once each, and the lost one is not used any more",
  async ([, signal, why]) => {
    await using world = new World();
    await using nodes = await twoNodes(world);
    const { env, events, launcher } = nodes;
    const first = await mapConcurrently(numbers(4), (x) => remoteEval(placed, { x, ms: 200 }))(env);
    expect(new Set(first.map(({ node }) => node))).toEqual(new Set(["n1", "n2"]));
    const agent = first.find(({ node }) => node === "n1")?.agent ?? 0;

    let done = 0;
    const running = mapConcurrently(numbers(40), (x) => async (env: HasWorkers) => {
      const end = await remoteEval(placed, { x, ms: 50 })(env);
      done += 1;
      return end;
    })(env);
    await until(() => done >= 5);
    process.kill(agent, signal);
    const ends = await running;

    expect(ends.map(({ x }) => x)).toEqual(numbers(40));
    const again = ends.filter(({ attempt }) => attempt > 1);
    expect(again.length).toBeGreaterThan(0);
    expect(again.map(({ node, attempt }) => [node, attempt])).toEqual(again.map(() => ["n2", 2]));
    const lost = events.filter((event) => event.type === "node-lost");
    expect(lost).toEqual([{ type: "node-lost", node: "n1", reason: expect.stringMatching(why) }]);
    const retried = events.filter((event) => event.type === "call-retried");
    expect(retried.map(({ node, why }) => [node, why.startsWith("the node was lost: ")])).toEqual(
      again.map(() => ["n1", true]),
    );

    await until(() => launcher.pool.snapshot().nodes.every(({ cpus }) => cpus.idle === cpus.total));
    expect(launcher.pool.snapshot()).toMatchObject({
      waiting: 0,
      nodes: [{ name: "n2", cpus: { idle: 2, total: 2 } }],
    });
    const after = await mapConcurrently(numbers(8), (x) => remoteEval(placed, { x, ms: 10 }))(env);
    expect(new Set(after.map(({ node }) => node))).toEqual(new Set(["n2"]));
    await until(() => !ourProcesses().includes(agent));
  },
);

test("a node whose workers start many at a time is not given up because some of them are killed while they start", async () => {
  await using world = new World();
  vi.stubEnv("NODE_OPTIONS", `--import=${new URL("programs/dying-workers.ts", import.meta.url).href}`);
  vi.stubEnv("DYING_WORKERS", world.path);
  const events: RunEvent[] = [];
  const job = mapConcurrently(numbers(30), (x) => remoteEval(square, x));
  expect(await runJobLocal(world.info, job, { ...quiet, cpus: 8, onEvent: ({ event }) => events.push(event) })).toEqual(
    numbers(30).map((x) => x * x),
  );
  expect(events.filter(({ type }) => type === "node-lost")).toEqual([]);
  expect(events.filter(({ type }) => type === "worker-not-started")).toHaveLength(6);
});

test("a node none of whose workers comes up is given up, and its calls run on another one", async () => {
  await using world = new World();
  await using nodes = await twoNodes(world);
  const { env, events } = nodes;
  const first = await mapConcurrently(numbers(4), (x) => remoteEval(placed, { x, ms: 200 }))(env);
  using _ = killWorkers(first.find(({ node }) => node === "n1")?.agent ?? 0);
  await until(() => events.filter(({ type }) => type === "worker-ended").length === 2);
  const ends = await mapConcurrently(numbers(100), (x) => remoteEval(placed, { x, ms: 50 }))(env);
  expect(ends.map(({ x, node }) => [x, node])).toEqual(numbers(100).map((x) => [x, "n2"]));
  expect(events.filter(({ type }) => type === "node-lost")).toEqual([
    {
      type: "node-lost",
      node: "n1",
      reason: expect.stringMatching(/^its workers do not start: .* killed by SIGKILL before it was ready/),
    },
  ]);
});
