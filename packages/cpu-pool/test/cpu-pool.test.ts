import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { CpuPool, ReserveTimeoutError } from "../src/index.ts";
import { nodeOf } from "./world.ts";

const onePool = (): CpuPool => new CpuPool({ nodes: [nodeOf("n1", 2)] });
const AS_BEFORE = { waiting: 0, nodes: [{ name: "n1", cpus: { idle: 2, total: 2 }, leases: 0 }] };

test("gives a lease back at the end of its block", async () => {
  const pool = onePool();
  {
    using lease = await pool.reserve({ cpus: 2 });
    expect(lease).toMatchObject({ node: "n1", cpuIds: [0, 1], state: "held" });
    expect(pool.snapshot().nodes[0]?.cpus.idle).toBe(0);
  }
  expect(pool.snapshot()).toMatchObject(AS_BEFORE);
});

test("waits until there is room", async () => {
  const pool = onePool();
  const first = await pool.reserve({ cpus: 2 });
  const second = pool.reserve({ cpus: 1 });
  first.release();
  (await second).release();
  expect(pool.snapshot()).toMatchObject(AS_BEFORE);
});

test("rejects with the signal's reason and leaves nothing behind", async () => {
  const pool = onePool();
  const { signal, abort } = controller();
  using _ = await pool.reserve({ cpus: 2 });
  const waiting = pool.reserve({ cpus: 1 }, { signal, timeoutMs: 60_000 });
  expect(getEventListeners(signal, "abort").length).toBe(1);
  const reason = new Error("not needed any more");
  abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(getEventListeners(signal, "abort").length).toBe(0);
  expect(pool.snapshot().waiting).toBe(0);
  await expect(pool.reserve({ cpus: 1 }, { signal })).rejects.toBe(reason);
});

test("takes its listener off the signal when it is served", async () => {
  const pool = onePool();
  const { signal, abort } = controller();
  const first = await pool.reserve({ cpus: 2 }, { signal });
  const waiting = pool.reserve({ cpus: 1 }, { signal });
  expect(getEventListeners(signal, "abort").length).toBe(1);
  first.release();
  const second = await waiting;
  expect(getEventListeners(signal, "abort").length).toBe(0);
  abort(new Error("too late"));
  expect(second.state).toBe("held");
});

test("says after its time what was asked, for how long, and why it waited", async () => {
  const pool = onePool();
  using lease = await pool.reserve({ cpus: 1 });
  const error: unknown = await pool.reserve({ cpus: 2 }, { timeoutMs: 5 }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ReserveTimeoutError);
  expect(error).toMatchObject({
    code: "reserve-timed-out",
    timeoutMs: 5,
    waitReason: { kind: "earmarked", node: "n1", cpus: 2, idle: 1 },
    message:
      "No lease for 2 CPUs after 5 ms: it is first in line and waits for room on node n1 (needs 2 idle CPUs, 1 now). Wait longer, ask for less, or release leases earlier.",
  });
  lease.release();
  expect(pool.snapshot()).toMatchObject(AS_BEFORE);
});

test.for([Infinity, 2 ** 40])("does not time out early with the limit %d", async (timeoutMs) => {
  const pool = onePool();
  const first = await pool.reserve({ cpus: 2 });
  const second = pool.reserve({ cpus: 2 }, { timeoutMs });
  const third = pool.reserve({ cpus: 2 }, { timeoutMs: 5 });
  await expect(third).rejects.toBeInstanceOf(ReserveTimeoutError);
  first.release();
  (await second).release();
});

test("rejects what can't be served, and wrong numbers", async () => {
  const pool = onePool();
  await expect(pool.reserve({ cpus: 3 })).rejects.toMatchObject({ code: "never-fits" });
  await expect(pool.reserve({ cpus: 1, node: "n2" })).rejects.toMatchObject({ code: "unknown-node" });
  await expect(pool.reserve({ cpus: -1 })).rejects.toBeInstanceOf(RangeError);
  await expect(pool.reserve({ cpus: 1 }, { timeoutMs: Number.NaN })).rejects.toBeInstanceOf(RangeError);
  await expect(pool.drain("n2")).rejects.toMatchObject({ code: "unknown-node" });
});

test("drains: resolves when the last lease is back, or the node is removed", async () => {
  const pool = onePool();
  pool.addNode(nodeOf("n2", 1));
  const first = await pool.reserve({ cpus: 2 });
  const second = await pool.reserve({ cpus: 1 });
  const drained = Promise.all([pool.drain("n1"), pool.drain("n2")]);
  first.release();
  pool.remove(second.node, "gone");
  await drained;
  expect(second.state).toBe("lost");
  expect(pool.snapshot()).toMatchObject({ nodes: [{ name: "n1", phase: "draining", leases: 0 }] });
});

function controller(): { readonly signal: AbortSignal; readonly abort: (reason: Error) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
