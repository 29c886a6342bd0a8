/** A job whose own code throws: what its caller learns, and what is not computed again. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster } from "./program-cluster.ts";

describeOnTestbed(describe)("a job whose own code throws", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(2)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("fails with its error, and computes only what is missing when its code is mended", async () => {
    const dir = await cluster.dir("throws");
    dir.edit((source) => source);
    // One CPU: calls come one after the other, the bad one last.
    const request = { jobs: [[1, 2, 3, -4]], sbatch: { nTasksPerNode: 1 } };
    const failed = await dir.run(request);
    const { outcome, printed } = failed;
    expect(outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringMatching(
        /^test\/squares failed in Slurm job 1\n.*test\/square failed on n1.*\n.*RangeError: x must not be negative: -4\n.*\/srv\/runs\/throws\/src\/squares\.ts:\d+:\d+/,
      ),
      cause: expect.stringMatching(
        /\[cause\]: RangeError: x must not be negative: -4\n\s+at run \(\/srv\/runs\/throws\/src\/squares\.ts/,
      ),
    });
    expect(printed).toContain("RangeError: x must not be negative: -4");
    expect(dir.noted("done")).toEqual([1, 2, 3]);
    await cluster.untilNoJob();
    dir.edit((source) => source.replace("if (x < 0)", "if (x < -10)"));
    const mended = await dir.run(request);
    expect(mended.outcome, mended.printed).toEqual({ kind: "done", jobs: [[1, 4, 9, 16]], singles: [] });
    expect(dir.noted("begun")).toEqual([1, 2, 3, -4, -4]);
    expect(dir.jobFolders).toEqual([]);
  });
});
