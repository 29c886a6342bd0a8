import { expect, test } from "vitest";
import {
  type Job,
  mapConcurrentlySettled,
  openPoolLauncher,
  type RunEvent,
  runJobLocal,
  mapConcurrently,
  remoteEval,
  withPoolLauncher,
} from "../src/index.ts";
import { fails, square } from "./functions.ts";
import { foreignPromises, unsendable, wrongOutput } from "./functions/faulty.ts";
import { TempDir } from "./local-run.ts";

test("withPoolLauncher hands out launchers for any number of CPUs, and gives the CPUs back with the worker", async () => {
  using dir = new TempDir();
  const squares = await withPoolLauncher(
    { logDir: dir.path, shareOf: () => ({ cpus: 2 }) },
    [{ type: "LocalHost" }],
    async (withCpus) => {
      const results: number[] = [];
      for (const cpus of [1, 2, 1]) {
        using worker = await withCpus(cpus).launch({});
        expect(worker.cpuIds).toHaveLength(cpus);
        results.push(await worker.call(square, cpus), await worker.call(square, 10));
      }
      return results;
    },
  );
  expect(squares).toEqual([1, 100, 4, 100, 1, 100]);
});

test("a node that can't be reached is left out with its reason, and when none is left the error names all", async () => {
  using dir = new TempDir();
  const addrs = [
    { type: "LocalHost", hostname: "n1" },
    { type: "LocalHost", hostname: "n2" },
  ] as const;
  await expect(openPoolLauncher({ logDir: dir.path, times: { connectTimeoutMs: 1 } }, addrs)).rejects.toThrow(
    /any of 2 nodes[^]*n1: [^]*did not greet within 1 ms[^]*n2: /,
  );
});

test("single calls are events only where somebody asked for them", async () => {
  using dir = new TempDir();
  const ended = async (trace: boolean): Promise<number> => {
    const events: RunEvent[] = [];
    await runJobLocal(
      dir.info,
      mapConcurrently([1, 2, 3], (x) => remoteEval(square, x)),
      { cpus: 1, progress: "none", trace, onEvent: ({ event }) => events.push(event) },
    );
    return events.filter(({ type }) => type === "call-ended").length;
  };
  expect([await ended(false), await ended(true)]).toEqual([0, 3]);
});

test("the same job runs in this process, without workers, for tests", async () => {
  using dir = new TempDir();
  const job = mapConcurrently([1, 2, 3], (x) => remoteEval(square, x));
  expect(await runJobLocal(dir.info, job, { inProcess: true, progress: "none" })).toEqual([1, 4, 9]);
});

test.each([{ inProcess: false }, { inProcess: true }])(
  "a failure is of the same kind in workers and in this process: %j",
  async ({ inProcess }) => {
    using dir = new TempDir();
    const jobs: readonly Job<unknown>[] = [
      remoteEval(fails, "too cold"),
      remoteEval(wrongOutput, null),
      remoteEval(unsendable, null),
      remoteEval(foreignPromises, 12),
    ];
    const ends = await runJobLocal(
      dir.info,
      mapConcurrentlySettled(jobs, (job) => job),
      { inProcess, progress: "none" },
    );
    const kinds = ["threw", "invalid-output", "unsendable-output", "invalid-output"];
    expect(ends).toMatchObject(kinds.map((kind) => ({ status: "rejected", reason: { reason: { kind } } })));
  },
);
