/** Jobs that a person cancels, holds, or asks for in vain. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("a job that a person cancels", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(2)));
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

  test.concurrent("while it waits for what there is not", async () => {
    const dir = await cluster.dir("never");
    const running = dir.start({ jobs: [[1]], sbatch: { nodes: 40 } });
    const job = await running.job();
    await cluster.isIn("PENDING", job);
    await running.says(/Its partition can't give what it asks for/);
    await cluster.command("scancel", job);
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringMatching(/was cancelled while it waited in the queue/),
    });
    expect(printed).toMatch(/This job can never run.*it asks for 40 nodes/);
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
