/** A job that computes for long in the head itself, with the times that programs have by default. Alone in its file: it waits for half a minute, beside others. */
import { expect, test, vi } from "vitest";
import { type Job, mapConcurrently, remoteEval, type RunEvent, runJobLocal } from "../../src/index.ts";
import { busy, type CallRecord } from "./programs/busy.ts";
import { numbers, ourProcesses, quiet, until, World } from "./world.ts";

vi.setConfig({ testTimeout: 180_000 });

const BLOCKED_MS = 30_000;

interface Seen {
  readonly begin: number;
  readonly end: number;
  /** Calls that were made before the head stood still, and after it. */
  readonly meanwhile: readonly CallRecord[];
  readonly after: readonly CallRecord[];
}

/** On the clock that calls use. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

test("a job that blocks the head's event loop for 30 s, three times the silence that it allows, loses no node, no worker and no call", async () => {
  await using world = new World();
  const events: RunEvent[] = [];
  const records: Job<readonly CallRecord[]> = mapConcurrently(numbers(10), (x) =>
    remoteEval(busy, { x, ms: 200, how: "waiting" }),
  );
  const job: Job<Seen> = async (env) => {
    const meanwhile = records(env);
    await until(() => events.filter(({ type }) => type === "worker-started").length === 2);
    const begin = now();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);
    const end = now();
    return { begin, end, meanwhile: await meanwhile, after: await records(env) };
  };
  const { begin, end, meanwhile, after } = await runJobLocal(world.info, job, {
    ...quiet,
    onEvent: ({ event }) => events.push(event),
  });
  for (const calls of [meanwhile, after])
    expect(calls).toMatchObject(numbers(10).map((x) => ({ square: x * x, attempt: 1 })));
  expect(meanwhile.filter((record) => record.end > begin && record.end < end).length).toBeGreaterThan(0);
  const faults = new Set(["node-lost", "worker-ended", "worker-not-started", "call-retried", "call-failed"]);
  expect(events.filter(({ type }) => faults.has(type))).toEqual([]);
  await until(() => ourProcesses().length === 0);
});
