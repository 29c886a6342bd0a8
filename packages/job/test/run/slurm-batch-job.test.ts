import { parseAllocation } from "@hyperion-ts/slurm-env";
import { describe, expect, test } from "vitest";
import type { SlurmAnswer } from "@hyperion-ts/slurm-env/commands";
import { type JobStart, parseJobStart, slurmBatchJob, startHasEnded } from "../../src/run/slurm-batch-job.ts";

/** As Slurm 22.05 prints it. */
const record = (id: number, state: string, restarts: number, { name = "run", user = "alice(20001)" } = {}): string =>
  `JobId=${id} JobName=${name}\n   UserId=${user} GroupId=alice(20001) MCS_label=N/A\n   JobState=${state} Reason=None Dependency=(null)\n   Requeue=1 Restarts=${restarts} BatchFlag=1 Reboot=0 ExitCode=0:0\n`;

const SEVEN: JobStart = { jobId: 7, restarts: 0, userId: 20001, cluster: "gamma" };
const shown = (stdout: string): SlurmAnswer => ({ code: 0, stdout, stderr: "" });
const refused = (stderr: string): SlurmAnswer => ({ code: 1, stdout: "", stderr });
const unknown = refused("slurm_load_jobs error: Invalid job id specified\n");

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
  expect(startHasEnded(shown(record(7, state, restarts)), SEVEN, 20001)).toBe(ended);
});

test("of several records that of the job counts: all tasks of an array and all components are shown", () => {
  const printed = [record(6, "COMPLETED", 0), record(7, "RUNNING", 0), record(71, "COMPLETED", 0)].join("\n");
  expect(startHasEnded(shown(printed), SEVEN, 20001)).toBe(false);
  expect(startHasEnded(shown(printed), { ...SEVEN, jobId: 6 }, 20001)).toBe(true);
});

describe("what proves nothing", () => {
  test.each([
    ["a stranger's job that Slurm does not show: it may only be hidden", unknown, 20002, false],
    ["an own job that Slurm has forgotten: that one has ended", unknown, 20001, true],
    [
      "a controller that can't be reached",
      refused("slurm_load_jobs error: Unable to contact slurm controller (connect failure)"),
      20001,
      false,
    ],
    ["an answer without the job", shown("No jobs in the system\n"), 20001, false],
    ["a job of another user under the same id", shown(record(7, "COMPLETED", 0, { user: "bob(20002)" })), 20001, false],
    [
      "a job whose name says that it has ended",
      shown(record(7, "RUNNING", 0, { name: "x JobState=COMPLETED Restarts=9" })),
      20001,
      false,
    ],
  ])("%s", (_title, answer, ownUserId, ended) => {
    expect(startHasEnded(answer, SEVEN, ownUserId)).toBe(ended);
  });
});

describe("the name of a job", () => {
  const allocationOf = (changes: Readonly<Record<string, string>>) =>
    parseAllocation({
      SLURM_JOB_ID: "12",
      SLURM_JOB_NODELIST: "n1",
      SLURM_JOB_CPUS_PER_NODE: "1",
      SLURM_CLUSTER_NAME: "gamma",
      ...changes,
    });

  test("tells its start, its user and its cluster", async () => {
    const { name } = await slurmBatchJob(allocationOf({ SLURM_RESTART_COUNT: "2" }), 20001);
    expect(name).toBe("Slurm job 12 (start 2, user 20001) of cluster gamma");
    expect(parseJobStart(name)).toEqual({ jobId: 12, restarts: 2, userId: 20001, cluster: "gamma" });
  });

  test.each(["something else", "Slurm job 12, start 0", "Slurm job 12 (start 0, user 20001) of cluster ?"])(
    "is none of ours, or of an unknown cluster, so that it is never said to have ended: %s",
    async (name) => {
      expect(await (await slurmBatchJob(allocationOf({}), 20001)).hasEnded(name)).toBe(false);
    },
  );

  test("has a first start where the environment's count is odd", async () => {
    expect((await slurmBatchJob(allocationOf({ SLURM_RESTART_COUNT: "NaN" }), 20001)).name).toContain("(start 0, ");
  });
});
