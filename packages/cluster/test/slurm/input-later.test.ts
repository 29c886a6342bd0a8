/** A job whose input is computed when it has begun. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("an input that is computed when its job has begun", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(1)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("is computed once, also where its job dies meanwhile, and kept over the next submission", async () => {
    const dir = await cluster.dir("later");
    const running = dir.start({
      jobs: [[5, 6]],
      memoized: false,
      until: "go",
      inputWhen: "known",
      sbatch: { nTasksPerNode: 1, further: ["--hold"] },
    });
    const job = await running.job();
    await cluster.isIn("PENDING", job);
    expect(dir.noted("inputs")).toEqual([]);
    await cluster.command("scontrol", "release", job);
    await untilSome("input that is being computed", () => dir.noted("inputs").length === 1);
    process.kill(await cluster.headOn("n1"), "SIGKILL");
    await running.says(/was ended by SIGKILL on n1. It is submitted again/);
    await untilSome("job that waits", async () => (await cluster.openJobs()).some(({ state }) => state === "PENDING"));
    await cluster.command("sh", "-c", "scontrol release $(squeue --me --noheader --format=%i)");
    dir.make("known");
    await untilSome("call that has begun", () => dir.noted("begun").length === 1);
    process.kill(await cluster.headOn("n1"), "SIGKILL");
    await running.says(/(?:was ended by SIGKILL[^]*){2}/);
    await untilSome("job that waits", async () => (await cluster.openJobs()).some(({ state }) => state === "PENDING"));
    await cluster.command("sh", "-c", "scontrol release $(squeue --me --noheader --format=%i)");
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual({ kind: "done", jobs: [[25, 36]], singles: [] });
    expect(dir.noted("inputs").length).toBe(1);
    expect(dir.noted("done")).toEqual([5, 6]);
  });
});
