/** What becomes of a call when its worker dies, does not start, is busy for long, or is given back. No process runs. */
import { LaunchError } from "@hyperion-ts/launcher";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeNodes, settled } from "./fake-nodes.ts";
import { STAGES } from "./call-stages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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

describe("a recall", () => {
  test("of what waits behind a long call brings it back to its old place in line", async () => {
    const { nodes, call, worker } = await STAGES.ahead({});
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
    const { nodes, call, worker } = await STAGES[stage]({});
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
    const { nodes, call, worker } = await STAGES.running({});
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
    const { nodes, call } = await STAGES.starting({});
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

describe("a drain", () => {
  test("resolves when nothing runs, and keeps what waits until it is aborted", async () => {
    const { nodes, call, worker } = await STAGES.ahead({});
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
