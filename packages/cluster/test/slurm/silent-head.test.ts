/** A head that does not report. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("a head that is silent", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(1)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("is noticed, by name and place, and so is that it reports again", async () => {
    const dir = await cluster.dir("stopped");
    const running = dir.start({ jobs: [[1]], until: "go", sbatch: { nTasksPerNode: 1 } });
    await untilSome("call that has begun", () => dir.noted("begun").length === 1);
    const head = await cluster.headOn("n1");
    await running.says(/: runs on n1/);
    process.kill(head, "SIGSTOP");
    await running.says(/Its head \(process \d+ on n1\) has not reported for \d+ s.*scancel 1 ends it/s);
    process.kill(head, "SIGCONT");
    await running.says(/Its head reports again/);
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual({ kind: "done", jobs: [[1]], singles: [] });
  });
});
