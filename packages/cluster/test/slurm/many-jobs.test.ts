/** Many jobs, of which few may be there at a time; and jobs of many calls. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster } from "./program-cluster.ts";

describeOnTestbed(describe)("many", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(3)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("jobs, 50 of them, are never more than 5 in the queue", async () => {
    const dir = await cluster.dir("fifty");
    const xs = Array.from({ length: 50 }, (_, i) => i);
    const running = dir.start({
      jobs: xs.map((x) => [x]),
      options: { maxSlurmJobs: 5, longestPauseMs: 2_000 },
      sbatch: { nTasksPerNode: 1 },
    });
    let most = 0;
    const watching = new AbortController();
    void running.ended.finally(() => watching.abort());
    while (!watching.signal.aborted) {
      const { stdout } = await cluster.testbed.run("login", ["squeue", "--noheader", "--format=%i"], { user: "alice" });
      most = Math.max(most, stdout.split("\n").filter((line) => line !== "").length);
      await sleep(200);
    }
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual({ kind: "done", jobs: xs.map((x) => [x * x]), singles: [] });
    expect(most).toBe(5);
    expect(dir.noted("begun").length).toBe(50);
  });

  test("calls, 1,000 in each of three jobs, are made once each, and are all there", async () => {
    const dir = await cluster.dir("calls");
    const jobs = [0, 1, 2].map((j) => Array.from({ length: 1_000 }, (_, i) => 1_000 * j + i));
    const { outcome, printed } = await dir.run({ jobs, sbatch: { nTasksPerNode: 2 } });
    expect(outcome, printed).toEqual({ kind: "done", jobs: jobs.map((xs) => xs.map((x) => x * x)), singles: [] });
    expect(await dir.squares()).toEqual(new Map(jobs.flat().map((x) => [x, x * x])));
    expect(dir.noted("begun").toSorted((a, b) => a - b)).toEqual(jobs.flat());
  });
});
