/** What happens to one call, in each of its stages: what its caller gets, and what becomes of its worker. No process runs. */
import { LaunchError } from "@hyperion-ts/launcher";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { TaskOptions } from "../../src/dispatch/task-launcher.ts";
import { type Caller, FakeNodes, type FakeWorker, settled } from "./fake-nodes.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Scene<Worker = FakeWorker | undefined> {
  readonly nodes: FakeNodes;
  readonly call: Caller;
  /** The worker that has the call, or would have it, where there is one. */
  readonly worker: Worker;
}

/** Brings a call to a stage. */
type Stage<Worker> = (options: TaskOptions) => Promise<Scene<Worker>>;

interface Stages {
  readonly waiting: Stage<FakeWorker>;
  readonly unserved: Stage<undefined>;
  readonly starting: Stage<undefined>;
  readonly held: Stage<FakeWorker>;
  readonly ahead: Stage<FakeWorker>;
  readonly running: Stage<FakeWorker>;
}

const stages: Stages = {
  /** In the pool's line. */
  waiting: async (options) => {
    const { nodes, worker } = await FakeNodes.warm();
    nodes.call({}, { functionName: "long" });
    await settled();
    const call = nodes.call(options);
    await settled();
    return { nodes, call, worker };
  },
  /** No node could serve it, and more are expected. */
  unserved: async (options) => {
    const nodes = new FakeNodes();
    void nodes.dispatcher.expect(new Promise(() => undefined));
    return { nodes, call: nodes.call(options), worker: undefined };
  },
  /** Its worker is being started. */
  starting: async (options) => {
    const nodes = new FakeNodes(1);
    return { nodes, call: nodes.call(options), worker: undefined };
  },
  /** Its worker is busy, and its input is large. */
  held: (options) => behind(options, 900_000),
  /** Sent behind another one. */
  ahead: (options) => behind(options, 1),
  running: async (options) => {
    const { nodes, worker } = await FakeNodes.warm();
    const call = nodes.call(options);
    await settled();
    return { nodes, call, worker };
  },
};

/** A call with the worker that has one before it. */
async function behind(options: TaskOptions, bytes: number): Promise<Scene<FakeWorker>> {
  const { nodes, worker } = await FakeNodes.warm();
  for (let i = 0; i < 2; i += 1) nodes.call();
  const call = nodes.call(options, { bytes });
  await settled();
  worker.answer("the first", 0.01);
  await settled();
  return { nodes, call, worker };
}

type StageName = keyof Stages;

/** What is done to the call, and then to its worker until all is over. */
const deeds = {
  abort: async ({ call }) => {
    call.abort();
    await settled();
  },
  drain: async ({ nodes }) => {
    void nodes.dispatcher.drain();
    await settled();
  },
  "loss of its node": async ({ nodes, worker }) => {
    await nodes.lose("n1");
    worker?.die("running", { kind: "node-lost", reason: "it is gone" });
    await settled();
  },
  "death of its worker": async ({ worker }) => {
    worker?.die();
    await settled();
  },
  close: async ({ nodes, worker }) => {
    nodes.dispatcher.close();
    await nodes.lose("n1");
    worker?.die("running", { kind: "node-lost", reason: "it is gone" });
    await settled();
  },
} as const satisfies Record<string, (scene: Scene) => Promise<void>>;

type Deed = keyof typeof deeds;

/** What its caller has then; what its worker was told. */
const table: Record<StageName, Record<Deed, readonly [end: RegExp | undefined, told: readonly string[]]>> = {
  waiting: {
    abort: [/^aborted$/, []],
    drain: [undefined, ["recall"]],
    "loss of its node": [/no node is left to run it/, []],
    "death of its worker": [undefined, []],
    close: [/the run ended while this call waited/, []],
  },
  unserved: {
    abort: [/^aborted$/, []],
    drain: [undefined, []],
    "loss of its node": [undefined, []],
    "death of its worker": [undefined, []],
    close: [/the run ended while this call waited/, []],
  },
  starting: {
    abort: [/^aborted$/, []],
    drain: [undefined, []],
    "loss of its node": [undefined, []],
    "death of its worker": [undefined, []],
    close: [undefined, []],
  },
  held: {
    abort: [/^aborted$/, []],
    drain: [undefined, ["recall"]],
    "loss of its node": [/no node is left to run it/, []],
    "death of its worker": [undefined, []],
    close: [/the run ended while this call waited/, []],
  },
  ahead: {
    abort: [undefined, ["recall"]],
    drain: [undefined, ["recall"]],
    "loss of its node": [/no node is left to run it/, []],
    "death of its worker": [undefined, []],
    close: [/the run ended while this call waited/, []],
  },
  running: {
    abort: [undefined, ["abort: aborted"]],
    drain: [undefined, ["recall"]],
    "loss of its node": [/the connection to its node was lost|it is gone/, []],
    "death of its worker": [/SIGKILL/, []],
    close: [/the connection to its node was lost|it is gone/, []],
  },
};

const rows = Object.entries(table).flatMap(([stage, row]) =>
  Object.entries(row).map(([deed, [end, told]]) => ({
    stage: stage as StageName,
    deed: deed as Deed,
    end,
    told,
  })),
);

test.each(rows)("a call that is $stage, and then: $deed", async ({ stage, deed, end, told }) => {
  const scene = await stages[stage]({});
  scene.worker?.told.splice(0);
  await deeds[deed](scene);
  if (end === undefined) expect(scene.call.end).toBe(undefined);
  else expect(scene.call.end).toMatch(end);
  expect(scene.worker?.told ?? []).toEqual(told);
});

describe("an abort", () => {
  test.each(["waiting", "unserved", "starting", "held"] as const)(
    "of a call that is %s leaves nobody behind: the next call is made",
    async (stage) => {
      const { nodes, call, worker } = await stages[stage]({});
      call.abort();
      if (stage === "unserved") nodes.addNode("n1", 1);
      const next = nodes.call();
      worker?.answer("the one before");
      await settled();
      const its = worker ?? (await nodes.comeUp());
      await settled();
      its.answer("next");
      await settled();
      expect({ end: next.end, waiting: nodes.dispatcher.counts().map(({ waiting }) => waiting) }).toEqual({
        end: "next",
        waiting: expect.not.arrayContaining([1]),
      });
      expect(nodes.idle).toBe(1);
    },
  );

  test("before the launch counts for nothing in the line: others are still sent ahead", async () => {
    const { nodes, worker } = await FakeNodes.warm();
    nodes.call();
    for (let i = 0; i < 5; i += 1) nodes.call({}, { aborted: true });
    const calls = Array.from({ length: 4 }, () => nodes.call());
    await settled();
    worker.answer("the one before", 0.01);
    await settled();
    expect(worker.calls).toHaveLength(4);
    while (worker.calls.length > 0) worker.answer("done");
    await settled();
    expect(calls.map(({ end }) => end)).toEqual(Array(4).fill("done"));
  });

  test("takes back a call that was sent ahead", async () => {
    const { nodes, call, worker } = await stages.ahead({});
    call.abort();
    worker.giveBack(1);
    await settled();
    expect(call.end).toBe("aborted");
    worker.answer("the one before");
    await settled();
    expect(nodes.idle).toBe(1);
    expect(worker.told.filter((told) => told.startsWith("stop"))).toEqual([]);
  });

  test("reaches a call that had begun before it could be taken back, also where the answer before it comes later", async () => {
    const { call, worker } = await stages.ahead({});
    call.abort();
    worker.giveBack(2);
    await settled();
    worker.answer("the one before");
    await settled();
    expect(worker.told).toContain("abort: aborted");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(worker.told).toContain("stop 2000");
    worker.die();
    await settled();
    expect(call.end).toBe("aborted");
  });

  test("reaches a call that is known to have begun at once", async () => {
    const { call, worker } = await stages.ahead({});
    await vi.advanceTimersByTimeAsync(20);
    worker.giveBack(2);
    await settled();
    call.abort();
    expect(worker.told).toEqual(["recall", "abort: aborted"]);
  });

  test.each([
    ["answers all the same", (worker: FakeWorker) => worker.answer("too late"), []],
    ["fails", (worker: FakeWorker) => worker.fail("by the signal"), []],
    ["is ended for it", (worker: FakeWorker) => worker.die(), ["stop 2000"]],
  ] as const)("of a running call that %s is what its caller gets", async (_, end, stops) => {
    const { call, worker } = await stages.running({});
    call.abort();
    if (stops.length > 0) await vi.advanceTimersByTimeAsync(2_000);
    end(worker);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(call.end).toBe("aborted");
    expect(worker.told.filter((told) => told.startsWith("stop"))).toEqual(stops);
  });
});

describe("a time limit", () => {
  test("counts from the call's begin, and not while it is held or sent ahead", async () => {
    for (const stage of ["held", "ahead"] as const) {
      const { call, worker } = await stages[stage]({ timeLimitMs: 100 });
      await vi.advanceTimersByTimeAsync(1);
      worker.told.splice(0);
      await vi.advanceTimersByTimeAsync(3);
      worker.answer("the one before");
      await settled();
      await vi.advanceTimersByTimeAsync(99);
      expect(worker.told).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(worker.told).toEqual([expect.stringMatching(/^abort: it ran longer than its time limit of 100 ms/)]);
      worker.answer("late");
      await settled();
      expect(call.end).toMatch(/TaskError: it ran longer than its time limit of 100 ms/);
    }
  });

  test("ends the worker of a call that does not end", async () => {
    const { nodes, call, worker } = await stages.running({ timeLimitMs: 100 });
    await vi.advanceTimersByTimeAsync(2_100);
    expect(worker.told.at(-1)).toBe("stop 2000");
    worker.die();
    await settled();
    expect(call.end).toMatch(/time limit of 100 ms/);
    expect(nodes.events.findLast(({ type }) => type === "call-ended")).toMatchObject({ outcome: "lost" });
  });

  test("gives way to an abort", async () => {
    const { call, worker } = await stages.running({ timeLimitMs: 100 });
    await vi.advanceTimersByTimeAsync(100);
    call.abort();
    worker.die();
    await settled();
    expect(call.end).toBe("aborted");
  });

  test("begins anew for a call that was taken back", async () => {
    const { call, worker } = await stages.ahead({ timeLimitMs: 5_000 });
    await vi.advanceTimersByTimeAsync(20);
    worker.answer("the one before");
    await vi.advanceTimersByTimeAsync(5_000);
    worker.giveBack(0);
    await vi.advanceTimersByTimeAsync(4_000);
    worker.answer("in time");
    await settled();
    expect(call.end).toBe("in time");
    expect(worker.told.filter((told) => told.startsWith("stop"))).toEqual([]);
  });
});

test("a worker that a call has for itself gets no other, and is ended with it", async () => {
  const { nodes, worker: busy } = await FakeNodes.warm(2);
  nodes.call();
  const alone = nodes.call({ freshWorker: true });
  await settled();
  const other = nodes.call();
  await settled();
  const worker = await nodes.comeUp();
  expect([busy.calls.length, worker.calls.length]).toEqual([1, 1]);
  worker.answer("alone");
  await settled();
  expect({ end: alone.end, told: worker.told, calls: worker.calls.length }).toEqual({
    end: "alone",
    told: ["stop 0"],
    calls: 0,
  });
  busy.answer("the one before");
  await settled();
  busy.answer("other");
  await settled();
  expect(other.end).toBe("other");
});

describe("a call that is made late", () => {
  test("is not taken for the one that runs: an abort ends nobody else's worker", async () => {
    const { nodes, worker: busy } = await FakeNodes.warm(2);
    nodes.call();
    const late = nodes.launch({ ahead: false });
    await settled();
    const others = [nodes.call(), nodes.call()];
    await settled();
    const worker = await nodes.comeUp();
    expect([busy.calls.length, worker.calls.length]).toEqual([1, 1]);
    const end = (await late.launched).run(late.call).catch(String);
    late.abort();
    worker.giveBack(1);
    expect(await end).toBe("late");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(worker.told).toEqual(["recall"]);
    for (let i = 0; i < 2; i += 1) {
      worker.answer("done");
      busy.answer("done");
      await settled();
    }
    expect(others.map((other) => other.end)).toEqual(["done", "done"]);
  });
});

test("a call that is taken back after its time was over leaves nothing that ends the worker under the next one", async () => {
  const { nodes, worker } = await FakeNodes.warm();
  nodes.call();
  nodes.call({ timeLimitMs: 1_000 });
  const held = nodes.call({}, { bytes: 900_000 });
  await settled();
  worker.answer("the one before", 0.01);
  await vi.advanceTimersByTimeAsync(1_000);
  worker.giveBack(0);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(worker.told.filter((told) => told.startsWith("stop"))).toEqual([]);
  worker.answer("held");
  await settled();
  expect(held.end).toBe("held");
});

describe("a recall", () => {
  test("of what waits behind a long call brings it back to its old place in line", async () => {
    const { nodes, call, worker } = await stages.ahead({});
    const later = nodes.call({}, { functionName: "later" });
    await vi.advanceTimersByTimeAsync(20);
    expect(worker.told).toEqual(["recall"]);
    worker.giveBack(1);
    await settled();
    worker.answer("the long one", 20);
    await settled();
    worker.answer("first", 20);
    await settled();
    expect([call.end, later.end]).toEqual(["first", undefined]);
    worker.answer("second");
    await settled();
    expect(later.end).toBe("second");
  });
});

describe("a death", () => {
  test.each([
    ["running", /TaskError: .*SIGKILL/],
    ["ahead", undefined],
    ["held", undefined],
  ] as const)("of the worker of a call that is %s", async (stage, end) => {
    const { nodes, call, worker } = await stages[stage]({});
    worker.die();
    await settled();
    if (end !== undefined) return expect(call.end).toMatch(end);
    const next = await nodes.comeUp();
    expect(next).not.toBe(worker);
    next.answer("again");
    await settled();
    expect(call.end).toBe("again");
  });

  test("by another call's fault costs no attempt, and makes the call the first of a new worker", async () => {
    const { nodes, call, worker } = await stages.running({});
    worker.die("struck");
    await settled();
    expect(call.end).toBe(undefined);
    const next = await nodes.comeUp();
    next.answer("again");
    await settled();
    expect(call.end).toBe("again");
  });
});

describe("a worker that does not start", () => {
  test("is nothing to the call where the node is to blame: it waits on", async () => {
    const { nodes, call } = await stages.starting({});
    await nodes.notStarted(new LaunchError("n1", "no room"));
    expect(call.end).toBe(undefined);
    await vi.advanceTimersByTimeAsync(200);
    const worker = await nodes.comeUp();
    worker.answer("at last");
    await settled();
    expect(call.end).toBe("at last");
  });

  test("does not hold a call for which another worker is free", async () => {
    const { nodes, worker } = await FakeNodes.warm(1, 1);
    const [first, second] = [nodes.call({ node: "n1" }), nodes.call()];
    await settled();
    worker.answer("first");
    await settled();
    worker.answer("second");
    await settled();
    expect([first.end, second.end]).toEqual(["first", "second"]);
  });
});

describe("too much memory", () => {
  test.each([
    ["is told once where it is not to end", "tell", "done", []],
    ["ends the call where that is wanted", "end", "over", ["stop 0"]],
  ] as const)("%s", async (_, memoryLimit, end, told) => {
    const nodes = new FakeNodes();
    nodes.addNode("n1", 1);
    const call = nodes.call({ memoryMb: 100, memoryLimit });
    await settled();
    const worker = await nodes.comeUp();
    worker.request.overMemory?.(150);
    worker.request.overMemory?.(160);
    expect(worker.told).toEqual(told);
    if (end === "over") worker.die();
    else worker.answer("done");
    await settled();
    expect(call.end).toMatch(end === "over" ? /it held 150 MB of memory, more than the 100 MB/ : /^done$/);
    expect(nodes.events.filter(({ type }) => type === "call-over-memory")).toMatchObject([
      { usedMb: 150, memoryMb: 100, ends: memoryLimit === "end" },
    ]);
  });
});

describe("a drain", () => {
  test("resolves when nothing runs, and keeps what waits until it is aborted", async () => {
    const { nodes, call, worker } = await stages.ahead({});
    let drained = false;
    void nodes.dispatcher.drain().then(() => (drained = true));
    worker.giveBack(1);
    await settled();
    expect({ drained, why: nodes.dispatcher.whyWaiting() }).toEqual({ drained: false, why: { kind: "ending" } });
    worker.answer("the one before");
    await settled();
    expect({ drained, end: call.end }).toEqual({ drained: true, end: undefined });
    call.abort();
    await settled();
    expect({ end: call.end, why: nodes.dispatcher.whyWaiting() }).toEqual({ end: "aborted", why: null });
  });
});

describe("a caller", () => {
  test("may make several calls on one worker, one at a time", async () => {
    const nodes = new FakeNodes(1);
    const { launched, call } = nodes.launch();
    const worker = await nodes.comeUp();
    using mine = await launched;
    const first = mine.run(call);
    await expect(mine.run(call)).rejects.toThrow("busy with a call");
    worker.answer(1);
    expect(await first).toBe(1);
    const second = mine.run(call);
    worker.answer(2);
    expect(await second).toBe(2);
    expect(nodes.idle).toBe(0);
  });

  test("who gives a worker back before its call has ended ends the worker, and then its CPUs are free", async () => {
    const nodes = new FakeNodes(1);
    const { launched, call } = nodes.launch();
    const worker = await nodes.comeUp();
    const mine = await launched;
    const end = mine.run(call);
    mine[Symbol.dispose]();
    await expect(end).rejects.toThrow("given back before its call had ended");
    expect({ told: worker.told[0], idle: nodes.idle }).toEqual({ told: "stop 0", idle: 0 });
    worker.die();
    await settled();
    expect(nodes.idle).toBe(1);
    await expect(mine.run(call)).rejects.toThrow("has been given back");
  });
});
