/** Another user of the same machines, who reads and writes wherever that is allowed. */
import { chmodSync } from "node:fs";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("another user", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(3)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  const asBob = async (...argv: readonly string[]) => await cluster.testbed.run("login", argv, { user: "bob" });

  test.concurrent("reads nothing of a job, and plants nothing in its folder", async () => {
    const dir = await cluster.dir("private");
    const running = dir.start({ jobs: [[1]], until: "go" });
    await untilSome("call that has begun", () => dir.noted("begun").length === 1);
    const jobs = `${dir.inCluster}/jobs`;
    const [folder] = dir.jobFolders;
    expect(folder).toBeDefined();
    for (const name of [
      "",
      "job.json",
      "input",
      "submissions.json",
      "head.json",
      "results.sqlite",
      "output",
      "outcome",
    ]) {
      const path = `${jobs}/${folder}/${name}`;
      expect([path, (await asBob("ls", path)).exitCode, (await asBob("cat", path)).exitCode]).toEqual([path, 2, 1]);
      expect((await asBob("sh", "-c", 'echo planted > "$0"', path)).exitCode).not.toBe(0);
    }
    expect((await asBob("mv", jobs, `${jobs}-of-bob`)).exitCode).not.toBe(0);
    expect((await asBob("sh", "-c", `cat ${dir.inCluster}/data/snapshots/*`)).exitCode).not.toBe(0);
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({ kind: "done" });
  });

  test.concurrent("can't have the folder of jobs made by themself", async () => {
    const dir = await cluster.dir("planted");
    chmodSync(dir.path, 0o1777);
    await asBob("mkdir", "-m", "777", `${dir.inCluster}/jobs`);
    const { outcome, printed } = await dir.run({ jobs: [[1]] });
    expect(outcome, printed).toMatchObject({
      kind: "failed",
      name: "NotOursError",
      message: expect.stringMatching(/jobs belongs to user \d+\. Remove it if you did not make it/),
    });
    expect(printed).not.toContain("Slurm job");
  });

  test.concurrent("who may write to the program's folder, finds no folder of jobs there", async () => {
    const dir = await cluster.dir("shared");
    chmodSync(dir.path, 0o777);
    const request = { jobs: [[1]], until: "go" };
    const running = dir.start(request);
    await running.says(
      /\/srv\/runs\/shared can be changed by others.*\/home\/alice\/\.local\/state\/hyperion-ts\/shared-\w+\/jobs is used/s,
    );
    const job = await running.job();
    running.child.kill("SIGKILL");
    await running.ended;
    dir.make("go");
    // The same folder is found when the program is started again.
    const { outcome, printed } = await dir.run(request);
    expect(outcome, printed).toMatchObject({ kind: "done", jobs: [[1]] });
    expect(printed).toMatch(new RegExp(`Slurm job ${job} .*(?:is there already|had ended before this run)`));
    expect(dir.jobFolders).toEqual([]);
  });
});
