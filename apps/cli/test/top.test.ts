/** What the workers of a program use. */
import { expect, test } from "vitest";
import type { UsageNow } from "../src/usage-now.ts";
import { usageBetween } from "../src/usage-now.ts";
import { OnTerminal } from "./on-terminal.ts";
import { hyperion, json, TestFolder, WaitingProgram } from "./world.ts";

test("the worker whose call has started a process that computes comes first, with that among its processes", async () => {
  using folder = new TestFolder();
  await using program = new WaitingProgram(folder.path, 0, "busy.ts");
  await program.found();
  const { workers, nodes, silent } = await program.until(async () => {
    const usage = await json<UsageNow>("top", folder.path);
    return usage.workers.length === 2 && (usage.workers[0]?.processes ?? 0) > 1 ? usage : undefined;
  });
  const [busy, idle] = workers;
  expect(busy).toMatchObject({
    functionName: "test/either",
    call: expect.any(String),
    id: expect.any(String),
    processes: 2,
  });
  expect(idle).toMatchObject({ functionName: "test/either", processes: 1 });
  expect(busy?.cpuPercent).toBeGreaterThan(idle?.cpuPercent ?? Number.POSITIVE_INFINITY);
  expect(busy?.memoryMb).toBeGreaterThan(10);
  expect(nodes).toMatchObject([{ workers: 2, node: busy?.node }]);
  expect(nodes[0]?.cpuPercent).toBeGreaterThan(0);
  expect(nodes[0]?.freeMemoryMb).toBeLessThan(nodes[0]?.memoryMb ?? 0);
  expect(silent).toEqual([]);
  expect((await hyperion("top", folder.path, "--once")).out).toMatch(/^NODE [\s\S]*\n\nWORKER .*\n.*test\/either\n/);

  await using terminal = new OnTerminal(["top", folder.path]);
  await terminal.until(/\[4 workers\][\s\S]*CPU %.*\n\S+ .* \d+ .*MB +2 .*test\/either/);
  terminal.press("5");
  await terminal.until(/\[5 nodes\][\s\S]*THEIR CPU %/);
  terminal.press("q");
  expect(await terminal.ended()).toEqual({ code: 0, isRestored: true });
});

test("a run that has ended uses nothing", async () => {
  using folder = new TestFolder();
  await using program = new WaitingProgram(folder.path, 1);
  await program.found();
  program.go();
  await program.exited;
  expect(await hyperion("top", folder.path, "--once")).toMatchObject({
    code: 4,
    err: expect.stringContaining("has ended"),
  });
});

test("how busy a worker is follows from two looks, and is not known of one that was there at one of them", () => {
  const look = (atSeconds: number, cpuSeconds: Readonly<Record<number, number>>) => ({
    silent: [],
    nodes: [
      {
        node: "n1",
        atSeconds,
        busySeconds: 100 + 2 * atSeconds,
        onlineCpus: 4,
        memoryMb: 100,
        freeMemoryMb: 50,
        workers: Object.entries(cpuSeconds).map(([pid, seconds]) => ({
          id: null,
          pid: Number(pid),
          cpuIds: [],
          cpuSeconds: seconds,
          memoryMb: 1,
          processes: 1,
          call: null,
          functionName: null,
        })),
      },
    ],
  });
  const now = usageBetween(look(10, { 1: 5, 2: 5, 3: 9 }), look(12, { 1: 6, 2: 7, 3: 1, 4: 1 }));
  expect(now.workers.map(({ pid, cpuPercent }) => [pid, cpuPercent])).toEqual([
    [2, 100],
    [1, 50],
    // A process of it that nobody waited for has taken its time with it.
    [3, 0],
    [4, null],
  ]);
  expect(now.nodes).toMatchObject([{ cpuPercent: 200, workersCpuPercent: 150, workers: 4 }]);
  expect(usageBetween(undefined, look(1, { 1: 5 })).workers).toMatchObject([{ cpuPercent: null }]);
});
