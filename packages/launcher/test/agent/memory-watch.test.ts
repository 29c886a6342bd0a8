import { expect, test } from "vitest";
import { MemoryWatch } from "../../src/agent/memory-watch.ts";

test("tells when a process holds more than its share, when that grows by a tenth, and when it is within it again", () => {
  let usedMb: number | undefined = 90;
  const watch = new MemoryWatch(() => usedMb);
  const told: number[] = [];
  using _watched = watch.add(1, 100, (mb) => told.push(mb));
  for (usedMb of [90, 100, 101, 105, 111, 112, 130, 99, 98, 102, undefined, 103]) watch.look();
  expect(told).toEqual([101, 112, 130, 99, 102]);
});

test("forgets who is gone, and knows what this process holds", () => {
  const watch = new MemoryWatch();
  const told: number[] = [];
  const own = watch.add(process.pid, 1, (mb) => told.push(mb));
  using _nobody = watch.add(2 ** 30, 1, (mb) => told.push(-mb));
  watch.look();
  expect(told).toEqual([expect.any(Number)]);
  expect(told[0]).toBeGreaterThan(10);
  own[Symbol.dispose]();
  watch.look();
  expect(told).toHaveLength(1);
});
