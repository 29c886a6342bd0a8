/** What an abort does to a call in each of its stages. No process runs. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeNodes, type FakeWorker, settled } from "./fake-nodes.ts";
import { STAGES } from "./call-stages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("an abort", () => {
  test.each(["waiting", "unserved", "starting", "held"] as const)(
    "of a call that is %s leaves nobody behind: the next call is made",
    async (stage) => {
      const { nodes, call, worker } = await STAGES[stage]({});
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
    const { nodes, call, worker } = await STAGES.ahead({});
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
    const { call, worker } = await STAGES.ahead({});
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
    const { call, worker } = await STAGES.ahead({});
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
    const { call, worker } = await STAGES.running({});
    call.abort();
    if (stops.length > 0) await vi.advanceTimersByTimeAsync(2_000);
    end(worker);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(call.end).toBe("aborted");
    expect(worker.told.filter((told) => told.startsWith("stop"))).toEqual(stops);
  });
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
