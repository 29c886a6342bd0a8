import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { LaunchedWorker } from "../../src/index.ts";
import { square } from "../functions.ts";
import { PATIENCE, testNode, type World } from "../world.ts";

const spareLogs = ({ folder }: World): string[] => readdirSync(folder).filter((name) => name.startsWith("spare-"));

const allowed = ({ pid }: LaunchedWorker): string | undefined =>
  /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];

test.concurrent("a spare worker is kept once a worker had to be replaced, and becomes the next one on its CPUs and under its name", async () => {
  await using node = await testNode();
  const first = await node.launcher.launch({ cpuIds: [0], pin: true });
  expect(spareLogs(node.world)).toEqual([]);
  await first.stop(0);

  await using second = await node.launcher.launch({ cpuIds: [0], pin: true });
  await vi.waitFor(() => expect(spareLogs(node.world)).toHaveLength(1), PATIENCE);
  const spares = node.world.processes().map(({ pid }) => pid);

  await using third = await node.launcher.launch({ cpuIds: [1], pin: true });
  expect(spares).toContain(third.pid);
  expect([allowed(second), allowed(third)]).toEqual(["0", "1"]);
  expect(existsSync(third.logFile)).toBe(true);
  expect(await third.call(square, 5)).toBe(25);
});

test.concurrent("a spare becomes one worker, however many are wanted at once", async () => {
  await using node = await testNode();
  await (await node.launcher.launch({})).stop(0);
  await using second = await node.launcher.launch({});
  await vi.waitFor(() => expect(spareLogs(node.world)).toHaveLength(1), PATIENCE);
  const workers = await Promise.all([1, 2, 3].map(() => node.launcher.launch({})));
  expect(new Set([second, ...workers].map(({ pid }) => pid)).size).toBe(4);
  expect(await Promise.all(workers.map((worker, i) => worker.call(square, i)))).toEqual([0, 1, 4]);
});

test.concurrent("a worker with a memory limit is never made of a spare, which was started without one", async () => {
  await using node = await testNode();
  await (await node.launcher.launch({})).stop(0);
  await using second = await node.launcher.launch({});
  await vi.waitFor(() => expect(spareLogs(node.world)).toHaveLength(1), PATIENCE);
  const spares = node.world.processes().map(({ pid }) => pid);
  await using limited = await node.launcher.launch({ memoryMb: 200 });
  expect(spares).not.toContain(limited.pid);
  expect(readFileSync(`/proc/${limited.pid}/cmdline`, "utf8")).toContain("--max-old-space-size=200");
  expect(await second.call(square, 6)).toBe(36);
});

test.concurrent("a spare whose log file is gone with its folder is ended, and a new worker comes in its place", async () => {
  await using node = await testNode();
  await (await node.launcher.launch({})).stop(0);
  await using second = await node.launcher.launch({});
  await vi.waitFor(() => expect(spareLogs(node.world)).toHaveLength(1), PATIENCE);
  const spare = node.world
    .processes()
    .find(({ pid }) => pid !== second.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("worker-main"));
  rmSync(node.world.folder, { recursive: true });
  await using third = await node.launcher.launch({});
  expect(third.pid).not.toBe(spare?.pid);
  expect(existsSync(third.logFile)).toBe(true);
  await vi.waitFor(() => expect(node.world.processes().map(({ pid }) => pid)).not.toContain(spare?.pid), PATIENCE);
});

test.concurrent("nothing is left of a spare when the launcher is disposed of", async () => {
  await using node = await testNode();
  await (await node.launcher.launch({})).stop(0);
  await node.launcher.launch({});
  await vi.waitFor(() => expect(spareLogs(node.world)).toHaveLength(1), PATIENCE);
  await node.launcher[Symbol.asyncDispose]();
  expect(node.world.processes()).toEqual([]);
  expect(spareLogs(node.world)).toEqual([]);
});

test.concurrent("no spare is started any more where the launcher is disposed of while a worker starts", async () => {
  await using node = await testNode();
  await (await node.launcher.launch({})).stop(0);
  const starting = Promise.allSettled([node.launcher.launch({})]);
  await node.launcher[Symbol.asyncDispose]();
  expect(node.world.processes()).toEqual([]);
  expect(spareLogs(node.world)).toEqual([]);
  expect(await starting).toMatchObject([{ status: "rejected" }]);
});
