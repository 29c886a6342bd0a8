/** Hyperion's example on a login node: jobs as function calls, remembered. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster } from "./program-cluster.ts";

const SHAPE = { nodes: 2, nTasksPerNode: 2 };

describeOnTestbed(describe)("a program on a login node", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(6)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("runs three jobs at once, remembers what they give, and submits nothing when it runs again", async () => {
    const dir = await cluster.dir("example");
    const jobs = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, 12],
    ];
    const squares = jobs.map((xs) => xs.map((x) => x * x));
    const first = await dir.run({ jobs, ms: 50, sbatch: SHAPE });
    expect(first.outcome, first.printed).toMatchObject({ kind: "done" });
    expect(first).toMatchObject({ code: 0, outcome: { kind: "done", jobs: squares } });
    const submitted = await cluster.testbed.jobs();
    expect(submitted.map(({ nodes }) => nodes.length)).toEqual([2, 2, 2]);
    // The program has their values a moment before they have ended.
    for (const { id } of submitted) expect(await cluster.testbed.waitForJob(id)).toMatchObject({ state: "COMPLETED" });
    expect(dir.noted("begun").toSorted((a, b) => a - b)).toEqual(jobs.flat());
    expect(await dir.squares()).toEqual(new Map(jobs.flat().map((x) => [x, x * x])));
    expect(dir.jobFolders).toEqual([]);

    const second = await dir.run({ jobs, ms: 50, sbatch: SHAPE });
    expect(second).toMatchObject({ code: 0, outcome: { kind: "done", jobs: squares } });
    expect(await cluster.testbed.jobs()).toHaveLength(3);
    expect(dir.noted("begun").length).toBe(12);
  });

  test("runs equal calls of two jobs once", async () => {
    const dir = await cluster.dir("equal");
    const xs = Array.from({ length: 20 }, (_, i) => i + 1);
    const jobs = [xs, xs.toReversed()];
    const { outcome, printed } = await dir.run({ jobs, ms: 100, sbatch: SHAPE });
    expect(outcome, printed).toMatchObject({ kind: "done", jobs: jobs.map((each) => each.map((x) => x * x)) });
    expect(dir.noted("begun").toSorted((a, b) => a - b)).toEqual(xs);
  });

  test("a plain function is a Slurm job of its own, on as many CPUs as it asks for", async () => {
    const dir = await cluster.dir("singles");
    expect(await dir.run({ jobs: [], singles: [3, 4] })).toMatchObject({
      code: 0,
      outcome: { kind: "done", singles: [9, 16] },
    });
  });

  test("leaves nothing in the queue and no process", async () => {
    await cluster.untilNoJob();
    for (const node of ["login", "n1", "n2", "n3", "n4", "n5", "n6"]) expect(cluster.left(node)).toEqual([]);
  });
});
