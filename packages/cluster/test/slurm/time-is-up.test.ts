/** A job whose time is up. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("a job whose time is up", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(2)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test.concurrent("ends in order before that, says what to do, and goes on when the program is run again", async () => {
    const dir = await cluster.dir("early");
    const request = {
      jobs: [[1, 2, 3, 4, 5, 6, 7, 8]],
      until: "go",
      sbatch: { nTasksPerNode: 1, nodelist: ["n1"], time: { minutes: 2 } },
    };
    const running = dir.start({ ...request, ms: 1_500 });
    dir.make("go");
    await untilSome("call that is done", () => dir.noted("done").length >= 1);
    const job = await running.job();
    // Slurm sends the early signal when it next looks: it is sent here in its place.
    await cluster.command("scancel", "--batch", "--signal=USR2", job);
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringMatching(
        /has come to the end of its time, and has ended in order: \d calls were done, \d were left\.\n.*Run the program again.*setJobTime/,
      ),
    });
    const again = await dir.run(request);
    expect(again.outcome, again.printed).toEqual({ kind: "done", jobs: [[1, 4, 9, 16, 25, 36, 49, 64]], singles: [] });
    expect(dir.noted("done")).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test.concurrent("at the limit itself, without a warning before, says the same", async () => {
    const dir = await cluster.dir("limit");
    const running = dir.start({
      jobs: [[1, 2]],
      until: "never",
      sbatch: { nTasksPerNode: 1, nodelist: ["n2"], time: { hours: 1 }, signal: null },
    });
    await untilSome("call that has begun", () => dir.noted("begun").length === 1);
    const job = await running.job();
    const limit = new Date(Date.now() + 3_000).toISOString().slice(0, 19);
    await cluster.command("env", "TZ=UTC", "scontrol", "update", `jobid=${job}`, `EndTime=${limit}`);
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringMatching(/has come to the end of its time.*0 calls were done, 2 were left/),
    });
  });
});
