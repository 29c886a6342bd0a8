/** A controller that takes longer for a job than somebody waits: the job is there all the same, and must be there once. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SubmitCluster } from "./submit-cluster.ts";

/** slurmctld takes that long for each job. */
const LATENCY_MS = 3_000;

/** It has taken the job by then. */
const pauses = { firstMs: 500, longestMs: 2_000, secondLookMs: 2.5 * LATENCY_MS };

describeOnTestbed(describe)("where Slurm's controller is slow", { timeout: 180_000 }, () => {
  let cluster: SubmitCluster;
  beforeAll(async () => {
    cluster = await SubmitCluster.open({
      nodes: [{ name: "n1", cpus: 8 }],
      sbatchLatencyMs: LATENCY_MS,
      // A command of Slurm's gives up waiting for the controller after so many seconds.
      slurm: { MessageTimeout: "2" },
    });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test.each([
    ["sbatch", "until its time limit", 240_000, "Socket timed out"],
    ["we", "for sbatch", 1_000, "No answer of sbatch came in 1 s"],
  ])("and %s no longer waits %s, the job that it has taken is found", async (who, _, timeLimitMs, words) => {
    const { jobId, notices } = await cluster.submit(await cluster.request(`slow-${who}`, "true"), {
      timeLimitMs,
      pauses,
    });
    expect(notices.map(({ kind }) => kind)).toEqual([...notices.slice(1).map(() => "looking"), "found"]);
    expect(notices[0]?.text).toContain(words);
    expect(await cluster.jobsNamed(`slow-${who}`)).toEqual([jobId]);
    expect(await cluster.endOf(jobId)).toBe("COMPLETED");
  });

  test("and nobody wants the job any more, it is cancelled when it is found", async () => {
    const request = await cluster.request("unwanted", "sleep 1000");
    const submitting = cluster.submitting(request, { timeLimitMs: 1_000, pauses });
    await submitting.told("looking");
    submitting.abort();
    const { error, notices } = await submitting.outcome;
    expect([error?.message, notices.at(-1)?.kind]).toEqual(["enough", "cancelled"]);
    const [id = 0, ...others] = await cluster.jobsNamed("unwanted");
    expect([await cluster.endOf(id), others]).toEqual(["CANCELLED", []]);
  });
});
