/** Jobs that a person cancels, holds, or asks for in vain. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("a job that a person cancels", () => {
  let cluster: ProgramCluster;
  beforeAll(
    async () =>
      void (cluster = await ProgramCluster.open(2, {
        partitions: [{ name: "main" }, { name: "small", slurm: { MaxNodes: "1" } }],
      })),
  );
  afterAll(() => cluster[Symbol.asyncDispose]());

  test.concurrent("while it waits, held by its user", async () => {
    const dir = await cluster.dir("held");
    const running = dir.start({ jobs: [[1]], sbatch: { further: ["--hold"] } });
    const job = await running.job();
    await cluster.isIn("PENDING", job);
    await running.says(/release/);
    await cluster.command("scancel", job);
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringMatching(/was cancelled while it waited in the queue/),
    });
    expect(printed).toMatch(/It is held: `scontrol release` lets it go on/);
  });

  test.concurrent("while it waits for what its partition does not give", async () => {
    const dir = await cluster.dir("never");
    const running = dir.start({ jobs: [[1]], sbatch: { nodes: 2, partition: "small" } });
    const job = await running.job();
    await cluster.isIn("PENDING", job);
    await running.says(/⚠ .*It asks for more or fewer nodes than its partition allows/);
    await cluster.command("scancel", job);
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringMatching(/was cancelled while it waited in the queue/),
    });
    expect(printed).toMatch(/This job can never run.*it asks for 2 nodes, and the partition small gives 1 at most/);
  });

  test.concurrent("need not be: what no nodes can hold is not submitted", async () => {
    const dir = await cluster.dir("large");
    const { outcome, printed } = await dir.run({ jobs: [[1]], sbatch: { nodes: 40 } });
    expect(outcome, printed).toMatchObject({
      kind: "failed",
      name: "SubmissionError",
      message: expect.stringMatching(/was not submitted, as it could never run: it asks for 40 nodes, .* has 2/),
    });
    expect(printed).not.toContain("is submitted");
  });

  test.concurrent("while it runs, keeps what it had computed", async () => {
    const dir = await cluster.dir("running");
    const request = { jobs: [[1, 2, 3]], until: "go", sbatch: { nTasksPerNode: 1 } };
    dir.make("go");
    const running = dir.start({ ...request, ms: 3000 });
    await untilSome("call that is done", () => dir.noted("done").length > 0);
    const job = await running.job();
    await cluster.command("scancel", job);
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringMatching(/was cancelled while it ran on n\d: \d calls were done, \d were left/),
    });
    const done = dir.noted("done");
    const { outcome } = await dir.run(request);
    expect(outcome).toEqual({ kind: "done", jobs: [[1, 4, 9]], singles: [] });
    expect(dir.noted("done").slice(0, done.length)).toEqual(done);
    expect(dir.noted("done")).toEqual([1, 2, 3]);
  });
});
