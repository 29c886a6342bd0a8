/** Jobs that nobody waits for any more: they are cancelled at once, and gone from the queue when the program has ended. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("jobs that nobody waits for any more are gone from the queue", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(3)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("when one of their group fails", async () => {
    const dir = await cluster.dir("group");
    // Two run, one waits for a slot, one in the queue.
    const running = dir.start({
      jobs: [[1], [-2], [3], [4]],
      until: "go",
      sbatch: { nTasksPerNode: 2, exclude: ["n3"] },
      options: { maxSlurmJobs: 3 },
    });
    await untilSome("two calls that have begun", () => dir.noted("begun").length === 2);
    const open = await cluster.openJobs();
    expect(open.length).toBe(3);
    dir.make("go");
    const { printed, code } = await running.ended;
    expect(code).toBe(1);
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringContaining("x must not be negative: -2"),
    });
    expect(await cluster.openJobs()).toEqual([]);
  });

  test("when the program itself ends with an error", async () => {
    const dir = await cluster.dir("program");
    const running = dir.start({
      jobs: [[1], [2], [3], [4]],
      until: "never",
      failsWhen: "fail",
      sbatch: { nTasksPerNode: 2 },
    });
    await untilSome("three calls that have begun", () => dir.noted("begun").length === 3);
    dir.make("fail");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({ kind: "failed", message: "the program fails" });
    expect(await cluster.openJobs()).toEqual([]);
    for (const node of ["login", "n1", "n2", "n3"])
      await untilSome(`end of all on ${node}`, () => cluster.left(node).length === 0);
  });
});
