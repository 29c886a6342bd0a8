import { expect, test } from "vitest";
import { slurmBatchJob, startHasEnded } from "../../src/run/slurm-batch-job.ts";

/** As Slurm 22.05 prints it. */
const record = (id: number, state: string, restarts: number): string =>
  `JobId=${id} JobName=run\n   UserId=alice(20001) GroupId=alice(20001) MCS_label=N/A\n   JobState=${state} Reason=None Dependency=(null)\n   Requeue=1 Restarts=${restarts} BatchFlag=1 Reboot=0 ExitCode=0:0\n`;

test.each([
  ["runs", "RUNNING", 0, false],
  ["is completing", "COMPLETING", 0, false],
  ["is suspended", "SUSPENDED", 0, false],
  ["was completed", "COMPLETED", 0, true],
  ["was cancelled", "CANCELLED", 0, true],
  ["lost its node", "NODE_FAIL", 0, true],
  ["was put back into the queue", "PENDING", 1, true],
  ["runs again", "RUNNING", 1, true],
  ["is being put back into the queue", "COMPLETING", 1, false],
])("the first start of a job that %s (%s, restarts: %i) has ended: %s", (_title, state, restarts, ended) => {
  expect(startHasEnded(record(7, state, restarts), { jobId: 7, restarts: 0 })).toBe(ended);
});

test("of several records that of the job counts: all tasks of an array and all components are shown", () => {
  const printed = [record(6, "COMPLETED", 0), record(7, "RUNNING", 0), record(71, "COMPLETED", 0)].join("\n");
  expect(startHasEnded(printed, { jobId: 7, restarts: 0 })).toBe(false);
  expect(startHasEnded(printed, { jobId: 6, restarts: 0 })).toBe(true);
});

test("a job names itself and its start; names that are no job's are never said to have ended", async () => {
  expect(slurmBatchJob({ SLURM_JOB_ID: "12", SLURM_RESTART_COUNT: "2" }).name).toBe("Slurm job 12, start 2");
  const { name, hasEnded } = slurmBatchJob({ SLURM_JOB_ID: "12" });
  expect(name).toBe("Slurm job 12, start 0");
  expect(await hasEnded("something else")).toBe(false);
});
