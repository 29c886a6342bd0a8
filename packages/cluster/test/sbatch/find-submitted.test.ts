import { expect, test } from "vitest";
import { parseFoundJobs } from "../../src/sbatch/find-submitted.ts";

test("a job is found by what squeue prints of its name", () => {
  expect(parseFoundJobs("JOBID|STATE|REASON\n4711|PENDING|Resources\n")).toEqual([{ jobId: 4711, cluster: undefined }]);
  expect(parseFoundJobs("JOBID|STATE|REASON\n")).toEqual([]);
});

test("its cluster is named where several are asked", () => {
  const text = "CLUSTER: alpha\nJOBID|STATE|REASON\n\nCLUSTER: beta\nJOBID|STATE|REASON\n12|RUNNING|None\n";
  expect(parseFoundJobs(text)).toEqual([{ jobId: 12, cluster: "beta" }]);
});

test("the record that a refused job leaves is none", () => {
  expect(parseFoundJobs("JOBID|STATE|REASON\n7|FAILED|BadConstraints\n")).toEqual([]);
  expect(parseFoundJobs("JOBID|STATE|REASON\n7|FAILED|NonZeroExitCode\n")).toHaveLength(1);
});
