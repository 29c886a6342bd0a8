/** Which processes a worker's are. */
import type { ProcessEntry } from "@hyperion-ts/processes";
import { expect, test } from "vitest";
import { measureNode, measureWorkers } from "../../src/agent/measure-node.ts";

const entry = (
  pid: number,
  parent: number,
  session: number,
  [cpuTicks = 1, childTicks = 0]: readonly number[] = [],
): ProcessEntry => ({
  pid,
  parent,
  session,
  cpuTicks,
  childTicks,
  group: session,
  comm: "sh",
  state: "S",
  startTime: "1",
});

test("a worker's processes are those of its session and all that was started from there, in other sessions too", () => {
  const processes = [
    entry(1, 0, 1, [1_000]),
    entry(10, 1, 10),
    // The agent's children.
    entry(20, 10, 20, [5, 7]),
    entry(30, 10, 30, [3]),
    // Of worker 20: a child, one of a session of its own, and one whose parent has ended.
    entry(21, 20, 20),
    entry(22, 21, 22, [2]),
    entry(23, 1, 20),
    entry(31, 1, 31),
  ];
  expect(measureWorkers([20, 30, 40], processes, (pid) => pid * 1_024)).toEqual([
    { pid: 20, cpuMs: 160, memoryMb: 86, processes: 4 },
    { pid: 30, cpuMs: 30, memoryMb: 30, processes: 1 },
  ]);
});

test("this process is measured as it is", () => {
  const { workers, memoryMb, freeMemoryMb, onlineCpus } = measureNode([process.pid]);
  expect(workers).toMatchObject([{ pid: process.pid }]);
  expect(workers[0]?.memoryMb).toBeGreaterThan(20);
  expect(workers[0]?.cpuMs).toBeGreaterThan(0);
  expect(freeMemoryMb).toBeLessThan(memoryMb);
  expect(onlineCpus).toBeGreaterThan(0);
});
