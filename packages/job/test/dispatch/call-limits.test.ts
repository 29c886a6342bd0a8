/** Limits of time and memory: from when on they count, and what they end. No process runs. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeNodes, settled } from "./fake-nodes.ts";
import { STAGES } from "./call-stages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a time limit", () => {
  test("counts from the call's begin, and not while it is held or sent ahead", async () => {
    for (const stage of ["held", "ahead"] as const) {
      const { call, worker } = await STAGES[stage]({ timeLimitMs: 100 });
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
    const { nodes, call, worker } = await STAGES.running({ timeLimitMs: 100 });
    await vi.advanceTimersByTimeAsync(2_100);
    expect(worker.told.at(-1)).toBe("stop 2000");
    worker.die();
    await settled();
    expect(call.end).toMatch(/time limit of 100 ms/);
    expect(nodes.events.findLast(({ type }) => type === "call-ended")).toMatchObject({ outcome: "lost" });
  });

  test("gives way to an abort", async () => {
    const { call, worker } = await STAGES.running({ timeLimitMs: 100 });
    await vi.advanceTimersByTimeAsync(100);
    call.abort();
    worker.die();
    await settled();
    expect(call.end).toBe("aborted");
  });

  test("begins anew for a call that was taken back", async () => {
    const { call, worker } = await STAGES.ahead({ timeLimitMs: 5_000 });
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
