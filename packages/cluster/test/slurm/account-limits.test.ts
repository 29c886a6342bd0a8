/** Limits of an account: what ends by itself is waited for, the rest is told. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe, { accounting: true })("an account's limits", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => {
    const accounting = { limits: { maxSubmitJobs: 2 }, qos: [{ name: "short", limits: { maxWallMinutes: 5 } }] };
    cluster = await ProgramCluster.open(2, { accounting });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("on submitted jobs are waited for; a larger request than they allow is an error with Slurm's words", async () => {
    const dir = await cluster.dir("submit");
    const { outcome, printed } = await dir.run({ jobs: [[1], [2], [3]], sbatch: { nTasksPerNode: 2 } });
    expect(outcome, printed).toEqual({ kind: "done", jobs: [[1], [4], [9]], singles: [] });
    expect(printed).toMatch(/Slurm does not take .* yet: AssocMaxSubmitJobLimit.*tried again when a job has ended/s);
    const long = await cluster.dir("long");
    const refused = await long.run({ jobs: [[1]], sbatch: { qos: "short", time: { hours: 1 } } });
    expect(refused.outcome, refused.printed).toMatchObject({
      kind: "failed",
      name: "SubmissionError",
      message: expect.stringMatching(/QOSMaxWallDurationPerJobLimit is less than what the job asks for/),
    });
  });

  test("and who has cancelled a job are known where there is accounting, on a cluster that was chosen by its name", async () => {
    const dir = await cluster.dir("who");
    const env = { SLURM_CLUSTERS: "testbed" };
    const first = dir.start({ jobs: [[1]], until: "never" }, { env });
    await first.says(/: runs on n\d/);
    first.child.kill("SIGKILL");
    await first.ended;
    const record = readFileSync(join(dir.path, "jobs", dir.jobFolders[0] ?? "", "submissions.json"), "utf8");
    expect(JSON.parse(record)).toMatchObject([{ cluster: "testbed" }]);
    // Its job is asked for where it is, whatever is chosen now.
    const running = dir.start({ jobs: [[1]], until: "never" });
    await running.says(/is there already/);
    await untilSome("call that has begun", () => dir.noted("begun").length === 1);
    await cluster.testbed.run("login", ["scancel", await running.job()], { user: "root" });
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/was cancelled while it ran on n\d, by an administrator or Slurm itself/),
    });
  });
});
