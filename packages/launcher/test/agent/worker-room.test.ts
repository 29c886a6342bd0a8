import { expect, test } from "vitest";
import { poolThreads, workerRoom } from "../../src/agent/worker-room.ts";

test("a pool has as many threads as the environment says, as the runtime makes, or one where not every CPU could have a worker otherwise", () => {
  expect(poolThreads(1, { UV_THREADPOOL_SIZE: "7" })).toBe(7);
  expect(poolThreads(1, {})).toBe(4);
  // The limit of open files leaves room for some thousands at most.
  expect(poolThreads(10_000_000, {})).toBe(1);
});

test("smaller pools leave no less room, and which limit leaves least is said", () => {
  const [small, large] = [workerRoom([], 0, 1), workerRoom([], 0, 100)];
  expect(small?.limit).toMatch(/^the limit of \d+ /);
  expect(small?.workers).toBeGreaterThanOrEqual(large?.workers ?? 0);
});
