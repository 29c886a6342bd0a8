/** A program that ends, however it does, leaves its jobs, and joins them when it is started again. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, type ProgramDir, untilSome } from "./program-cluster.ts";

const SIX_JOBS = [
  [1, 2],
  [3, 4],
  [5, 6],
  [7, 8],
  [9, 10],
  [11, 12],
];
const VALUES = SIX_JOBS.map((xs) => xs.map((x) => x * x));

const sorted = (numbers: readonly number[]): readonly number[] => numbers.toSorted((a, b) => a - b);

describeOnTestbed(describe)("a program that ends before its jobs", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(3)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Each call has run once, nothing is in the queue, and all values are there. */
  async function expectSound(dir: ProgramDir): Promise<void> {
    expect(sorted(dir.noted("begun"))).toEqual(SIX_JOBS.flat());
    expect(sorted(dir.noted("done"))).toEqual(SIX_JOBS.flat());
    expect(await dir.squares()).toEqual(new Map(SIX_JOBS.flat().map((x) => [x, x * x])));
    await cluster.untilNoJob();
    expect(dir.jobFolders).toEqual([]);
  }

  test.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)("by %s says which jobs go on, and joins them", async (signal) => {
    const dir = await cluster.dir(signal.toLowerCase());
    const request = { jobs: SIX_JOBS.slice(0, 2), until: "go", sbatch: { nTasksPerNode: 2 } };
    const first = dir.start(request);
    await untilSome("call that runs", () => dir.noted("begun").length >= 4);
    first.child.kill(signal);
    const { printed } = await first.ended;
    expect(dir.outcome).toMatchObject({ kind: "failed", name: "InterruptedError" });
    expect(printed).toMatch(/2 Slurm jobs go on; run the same command again to join them\n +scancel \d+ \d+ ends them/);
    expect((await cluster.openJobs()).length).toBe(2);
    const second = dir.start(request);
    await untilSome("job that was joined", () =>
      /Slurm job \d+ \(test\/squares .*\): is there already/.test(second.printed()),
    );
    dir.make("go");
    const { printed: joined } = await second.ended;
    expect(dir.outcome, joined).toEqual({ kind: "done", jobs: VALUES.slice(0, 2), singles: [] });
    expect(sorted(dir.noted("begun"))).toEqual([1, 2, 3, 4]);
    await cluster.untilNoJob();
  });

  test("has left what other jobs, with other inputs, need not compute again", async () => {
    const dir = await cluster.dir("other-inputs");
    const first = dir.start({ jobs: [[1, 2, 3]], until: "go", sbatch: { nTasksPerNode: 2 } });
    await untilSome("calls that run", () => dir.noted("begun").length >= 2);
    first.child.kill("SIGKILL");
    await first.ended;
    dir.make("go");
    await untilSome("job that has ended", async () => (await cluster.openJobs()).length === 0);
    const { outcome, printed } = await dir.run({ jobs: [[4, 3], [2]], sbatch: { nTasksPerNode: 2 } });
    expect(outcome, printed).toEqual({ kind: "done", jobs: [[16, 9], [4]], singles: [] });
    expect(sorted(dir.noted("begun"))).toEqual([1, 2, 3, 4]);
  });

  test("keeps what its job gives also where another program ends in its folder meanwhile", async () => {
    const dir = await cluster.dir("shared");
    const own = { jobs: [[1, 2]], memoized: false, until: "go", sbatch: { nTasksPerNode: 2 } };
    const first = dir.start(own);
    await untilSome("calls that run", () => dir.noted("begun").length >= 2);
    first.child.kill("SIGKILL");
    await first.ended;
    dir.make("go");
    await untilSome("job that has ended", async () => (await cluster.openJobs()).length === 0);
    const other = await dir.run({ jobs: [[5, 6]], memoized: false, sbatch: { nTasksPerNode: 2 } });
    expect(other.outcome, other.printed).toMatchObject({ kind: "done", jobs: [[25, 36]] });
    const again = await dir.run(own);
    expect(again.outcome, again.printed).toMatchObject({ kind: "done", jobs: [[1, 4]] });
    expect(again.printed).toMatch(/had ended before this run of the program/);
    expect(sorted(dir.noted("begun"))).toEqual([1, 2, 5, 6]);
    expect(dir.jobFolders).toEqual([]);
  });

  test("by kill -9, at ten moments of one run of six jobs, has each call run once", async () => {
    const dir = await cluster.dir("killed");
    const request = { jobs: SIX_JOBS, ms: 1_000, sbatch: { nTasksPerNode: 2 }, options: { maxSlurmJobs: 4 } };
    for (let round = 0; round < 10; round++) {
      const running = dir.start(request);
      // Over a span in which all of it happens: before the first submission, between two, while jobs run and end.
      const killed = Promise.race([
        running.ended,
        new Promise((wait) => setTimeout(wait, 300 + Math.random() * 4_000)),
      ]);
      await killed;
      running.child.kill("SIGKILL");
      await running.ended;
      if (dir.outcome !== undefined) break;
    }
    const last = dir.outcome === undefined ? await dir.run(request) : undefined;
    expect(dir.outcome, last?.printed).toEqual({ kind: "done", jobs: VALUES, singles: [] });
    await expectSound(dir);
  });
});
