import { expect, test } from "vitest";
import { NeverFitsError, NodeError, PoolCore, type Waiter } from "../src/index.ts";
import { nodeOf, World } from "./world.ts";

test.for([
  { rule: "spread", wishes: [1, 1, 1, 1], news: ["0 on big", "1 on big", "2 on a", "3 on b"] },
  { rule: "pack", wishes: [1, 1, 1, 3], news: ["0 on a", "1 on a", "2 on b", "3 on big"] },
] as const)("places by the rule $rule, ties on the node that was added first", ({ rule, wishes, news }) => {
  const world = new World({ a: 2, b: 2, big: 4 }, rule);
  for (const [id, cpus] of wishes.entries()) world.ask(String(id), cpus);
  expect(world.news()).toEqual(news);
});

test("serves higher priorities first, and equals in the order of coming", () => {
  const world = new World({ n1: 1 }).ask("held", 1);
  for (const [id, priority] of Object.entries({ low: -1, first: 0, high: 5, second: 0 }))
    world.ask(id, { cpus: 1, priority });
  world.release("held", "high", "first", "second");
  expect(world.news()).toEqual(["held on n1", "high on n1", "first on n1", "second on n1", "low on n1"]);
});

test("keeps one node for the wide request in front, while others use the rest in order", () => {
  const world = new World({ n1: 4, n2: 4 }).ask("a", 3).ask("b", 3).ask("c", 1).ask("d", 1);
  world.news();
  world.ask("wide", 4).ask("small", 1).ask("late", 2);
  expect(world.why("wide")).toEqual({ kind: "earmarked", node: "n1", cpus: 4, idle: 0 });
  world.release("c");
  expect(world.news()).toEqual([]);
  expect(world.why("small")).toEqual({ kind: "behind", node: "n1" });
  expect(world.why("late")).toEqual({ kind: "no-cpus-free", cpus: 2, mostIdle: 1 });
  world.release("b");
  expect(world.news()).toEqual(["small on n2", "late on n2"]);
  world.release("a");
  expect(world.news()).toEqual(["wide on n1"]);
});

test("serves the front elsewhere if another node is ready first, and opens the one that was earmarked", () => {
  const world = new World({ n1: 2, n2: 2 }).ask("a", 1).ask("b", 2).ask("c", 1).ask("wide", 2).ask("small", 1);
  world.news();
  world.release("a");
  expect(world.news()).toEqual([]);
  world.release("b");
  expect(world.news()).toEqual(["wide on n2", "small on n1"]);
});

test("earmarks the node for a higher priority instead, and for the first one again after it", () => {
  const world = new World({ n1: 2 }).ask("a", 1).ask("b", 1).ask("wide", 2).ask("urgent", { cpus: 2, priority: 1 });
  expect(world.pool.snapshot().nodes[0]?.earmarkedFor).toEqual({ cpus: 2, priority: 1 });
  expect(world.why("wide")).toMatchObject({ kind: "no-cpus-free" });
  world.cancel("urgent");
  expect(world.pool.snapshot().nodes[0]?.earmarkedFor).toEqual({ cpus: 2 });
  world.news();
  world.release("a", "b");
  expect(world.news()).toEqual(["wide on n1"]);
});

test("gives the earmarked CPUs to the others when the request that they are kept for leaves", () => {
  const world = new World({ n1: 2 }).ask("a", 1).ask("b", 1).ask("wide", 2).ask("small", 1).release("a").cancel("wide");
  expect(world.news()).toEqual(["a on n1", "b on n1", "small on n1"]);
});

test("refuses at once what no node can ever serve, and says how much there is", () => {
  const pool = new PoolCore({ nodes: [nodeOf("n1", 8), nodeOf("n2", 2, 4, 1000)] });
  const refusals: Error[] = [];
  const waiter: Waiter = { granted: () => {}, refused: (error) => refusals.push(error) };
  pool.enqueue({ cpus: 9 }, waiter);
  pool.enqueue({ cpus: 4, gpus: 1 }, waiter);
  pool.enqueue({ cpus: 3, node: "n2" }, waiter);
  pool.enqueue({ cpus: 1, node: "n3" }, waiter);
  expect(refusals.map(({ message }) => message)).toEqual([
    "9 CPUs can never be reserved: the most that one node has is 8 CPUs, 4 GPUs. Ask for no more than one node has, of everything together.",
    "4 CPUs, 1 GPU can never be reserved: the most that one node has is 8 CPUs, 4 GPUs. Ask for no more than one node has, of everything together.",
    "3 CPUs on node n2 can never be reserved: the node has 2 CPUs, 4 GPUs, 1000 MB of memory. Ask for less or for another node.",
    "The pool has no node n3. Its snapshot() lists the nodes that it has.",
  ]);
  expect(refusals[0]).toMatchObject({ code: "never-fits", asked: { cpus: 9 }, largest: { cpus: 8, gpus: 4 } });
});

test("refuses whoever waits for the last node that could serve it, with the reason", () => {
  const pool = new PoolCore({ nodes: [nodeOf("big", 4), nodeOf("small", 1)] });
  const refusals: Error[] = [];
  const waiter: Waiter = { granted: () => {}, refused: (error) => refusals.push(error) };
  for (const request of [{ cpus: 4 }, { cpus: 2 }, { cpus: 1, node: "big" }]) pool.enqueue(request, waiter);
  pool.removeNode("big", "no heartbeat for 10 s");
  expect(refusals.map((error) => [error.constructor, error.message])).toEqual([
    [
      NeverFitsError,
      "2 CPUs can never be reserved: the most that one node has is 1 CPU. Ask for no more than one node has, of everything together.",
    ],
    [NodeError, "Node big was removed from the pool: no heartbeat for 10 s. Ask without a node, or for another one."],
  ]);
  expect(refusals[0]?.cause).toBe(refusals[1]);
});

test("counts GPUs and memory beside CPUs; a node without memory has no limit of it", () => {
  const world = new World({ plain: 1 });
  world.pool.addNode(nodeOf("gpu", 4, 2, 1000));
  world.ask("a", { cpus: 1, gpus: 1, memoryMb: 600 }).ask("b", { cpus: 1, gpus: 1, memoryMb: 600 });
  world.ask("c", { cpus: 1, memoryMb: 100_000 });
  expect(world.news()).toEqual(["a on gpu", "c on plain"]);
  expect(world.leases.get("a")).toMatchObject({ node: "gpu", cpuIds: [0], gpuIds: ["0"], memoryMb: 600 });
  expect(world.why("b")).toEqual({ kind: "earmarked", node: "gpu", cpus: 1, idle: 3 });
  world.ask("d", { cpus: 1, gpus: 2 });
  expect(world.why("d")).toEqual({ kind: "no-gpus-or-memory-free", gpus: 2, memoryMb: 0 });
  world.release("a");
  expect(world.news()).toEqual(["b on gpu"]);
});

test("drains: no new leases, the others go on, and it says when the last one is back", () => {
  const world = new World({ n1: 2, n2: 2 }).ask("a", 2).ask("b", 2).ask("c", 2);
  world.drain("n1").drain("n1");
  expect(world.pool.snapshot().nodes[0]).toMatchObject({ name: "n1", phase: "draining", leases: 1 });
  expect(world.why("c")).toMatchObject({ kind: "earmarked", node: "n2" });
  world.release("a", "b");
  expect(world.news()).toEqual(["a on n1", "b on n2", "n1 drained", "n1 drained", "c on n2"]);
  expect(world.drain("n1").news()).toEqual(["n1 drained"]);
});

test("pauses: no new leases, also for the request that it is earmarked for and for one that needs just this node, until it is resumed", () => {
  const world = new World({ n1: 2, n2: 1 }).ask("a", 2).ask("wide", 2).ask("bound", { cpus: 1, node: "n1" });
  expect(world.why("wide")).toMatchObject({ kind: "earmarked", node: "n1" });
  world.pool.pauseNode("n1");
  world.release("a").ask("narrow", 1);
  expect(world.news()).toEqual(["a on n1", "narrow on n2"]);
  expect([world.why("wide"), world.why("bound")]).toEqual(
    [2, 1].map((cpus) => ({ kind: "no-cpus-free", cpus, mostIdle: 0 })),
  );
  expect(world.pool.snapshot().nodes[0]).toMatchObject({ phase: "paused", leases: 0 });
  world.pool.resumeNode("n1");
  expect(world.news()).toEqual(["wide on n1"]);
  world.pool.pauseNode("n1");
  expect(world.release("wide").drain("n1").news()).toEqual(["bound refused: node-draining", "n1 drained"]);
});

test("makes the leases of a removed node dead, and lets a new node have its name and its place", () => {
  const world = new World({ n1: 1, n2: 1 }).ask("a", 1).ask("b", 1);
  const lost = world.leases.get("a");
  world.pool.removeNode("n1", "gone");
  world.pool.addNode(nodeOf("n1", 1));
  lost?.release();
  expect(lost?.state).toBe("lost");
  expect(world.ask("c", 1).ask("d", 1).news()).toEqual(["a on n1", "b on n2", "c on n1"]);
});

test("releases once, however often it is asked to", () => {
  const world = new World({ n1: 1 }).ask("a", 1);
  const lease = world.leases.get("a");
  lease?.release();
  world.ask("b", 1).ask("c", 1);
  lease?.[Symbol.dispose]();
  expect(lease?.state).toBe("released");
  expect(world.news()).toEqual(["a on n1", "b on n1"]);
});

test("gives out GPUs by their names, in the order of the node's list, whatever they are called and whenever they came back", () => {
  const gpuIds = ["MIG-b", "1", "GPU-a", "0"];
  const world = new World();
  world.pool.addNode({ name: "gpu", cpuIds: [0, 1, 2, 3, 4], gpuIds });
  world.ask("two", { cpus: 1, gpus: 2 }).ask("one", { cpus: 1, gpus: 1 });
  expect([world.leases.get("two")?.gpuIds, world.leases.get("one")?.gpuIds]).toEqual([["MIG-b", "1"], ["GPU-a"]]);
  world.release("one");
  world.release("two");
  world.ask("all", { cpus: 1, gpus: 4 });
  expect(world.leases.get("all")?.gpuIds).toEqual(gpuIds);
});

test.for([
  [{ cpus: 0 }, "cpus must be a whole number of at least 1, not 0"],
  [{ cpus: 1.5 }, "cpus must be a whole number of at least 1, not 1.5"],
  [{ cpus: 1, gpus: -1 }, "gpus must be a whole number of at least 0, not -1"],
  [{ cpus: 1, memoryMb: Number.NaN }, "memoryMb must be a whole number of at least 0, not NaN"],
  [{ cpus: 1, priority: Infinity }, "priority must be a finite number, not Infinity"],
] as const)("throws for the request %j", ([request, message]) => {
  expect(() => new World({ n1: 1 }).ask("a", request)).toThrow(new RangeError(message));
});

test.for([
  [{ name: "", cpuIds: [0] }, "addNode: name must be a text that is not empty"],
  [{ name: "n", cpuIds: [0, 1, 0] }, "cpuIds of node n must differ, but 0 is there twice"],
  [{ name: "n", cpuIds: [70_000] }, "cpuIds of node n must be a whole number from 0 to 65535, not 70000"],
  [{ name: "n", cpuIds: [0], gpuIds: ["0,1"] }, 'gpuIds of node n must be names without blanks and commas, not "0,1"'],
  [{ name: "n", cpuIds: [0], gpuIds: [""] }, 'gpuIds of node n must be names without blanks and commas, not ""'],
  [{ name: "n", cpuIds: [0], gpuIds: ["GPU-1", "GPU-1"] }, "gpuIds of node n must differ, but GPU-1 is there twice"],
  [
    { name: "n1", cpuIds: [0] },
    "The pool has a node n1 already. Remove that one first, or give this one another name.",
  ],
] as const)("throws for the node %j", ([node, message]) => {
  expect(() => new World({ n1: 1 }).pool.addNode(node)).toThrow(message);
});

test("throws where a node to drain or remove is unknown", () => {
  const { pool } = new World();
  expect(() => pool.drainNode("n9")).toThrow(NodeError);
  expect(() => pool.removeNode("n9", "gone")).toThrow("The pool has no node n9");
});

test("serves 100,000 equal requests in the order of coming, those that left excepted", () => {
  const world = new World({ n1: 2 }).ask("held", 2);
  const ids = Array.from({ length: 100_000 }, (_, i) => `r${i}`);
  for (const id of ids) world.ask(id, 1);
  for (const id of ids.slice(1000, 99_000)) world.cancel(id);
  world.news();
  world.hook = (_, lease) => lease.release();
  world.release("held");
  const served = [...ids.slice(0, 1000), ...ids.slice(99_000)];
  expect(world.news()).toEqual(served.map((id) => `${id} on n1`));
});

test("a node that may have two leases at a time serves no third, whatever is idle, but wide requests as before", () => {
  const world = new World({ n1: 8 }).ask("a", 1).ask("b", 1).ask("c", 1);
  world.pool.limitLeases("n1", 2);
  world.ask("d", 1).release("a");
  expect(world.news()).toEqual(["a on n1", "b on n1", "c on n1"]);
  expect(world.why("d")).toMatchObject({ kind: "earmarked", idle: 0 });
  world.release("b");
  expect(world.news()).toEqual(["d on n1"]);
  world.release("c", "d").ask("wide", 8);
  expect(world.news()).toEqual(["wide on n1"]);
});

test("a node whose limit of leases is raised serves at once whoever waits for it", () => {
  const world = new World({ n1: 4 });
  world.pool.limitLeases("n1", 1);
  world.ask("a", 1).ask("b", 1).ask("c", 1);
  world.pool.limitLeases("n1", 2);
  expect(world.news()).toEqual(["a on n1", "b on n1"]);
  expect(() => world.pool.limitLeases("n2", 1)).toThrow(NodeError);
  expect(() => world.pool.limitLeases("n1", 0)).toThrow(RangeError);
});
