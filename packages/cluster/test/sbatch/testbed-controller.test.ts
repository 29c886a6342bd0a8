/** A controller that is slow, hangs, or is away: whatever sbatch says then, a job is there once. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SubmitCluster } from "./submit-cluster.ts";

/** slurmctld takes that long for each job. */
const LATENCY_MS = 4_000;

describeOnTestbed(describe)("where Slurm's controller", { timeout: 180_000 }, () => {
  let cluster: SubmitCluster;
  beforeAll(async () => {
    cluster = await SubmitCluster.open({
      nodes: [{ name: "n1", cpus: 8 }],
      sbatchLatencyMs: LATENCY_MS,
      // A command gives up waiting for the controller after that many seconds.
      slurm: { MessageTimeout: "6" },
    });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("takes longer than we wait for sbatch, a job is submitted once", async () => {
    const { jobId, notices } = await cluster.submit(await cluster.request("slow", "true"), { timeLimitMs: 1_000 });
    expect(notices.map(({ kind }) => kind).filter((kind) => kind !== "looking")).toEqual(["found"]);
    expect(notices[0]).toMatchObject({
      kind: "looking",
      text: expect.stringContaining("No answer of sbatch came in 1 s"),
    });
    expect(await cluster.jobsNamed("slow")).toEqual([jobId]);
    expect((await cluster.testbed.waitForJob(jobId ?? 0)).state).toBe("COMPLETED");
  });

  test("takes long, an abort takes the job back", async () => {
    const submitting = cluster.submitting(await cluster.request("unwanted", "sleep 1000"), { timeLimitMs: 1_000 });
    await submitting.told("looking");
    submitting.abort();
    const { error, notices } = await submitting.outcome;
    expect([error?.message, notices.at(-1)?.kind]).toEqual(["enough", "cancelled"]);
    const [id = 0, ...others] = await cluster.jobsNamed("unwanted");
    expect([(await cluster.testbed.waitForJob(id)).state, others]).toEqual(["CANCELLED", []]);
  });

  test("hangs while sbatch waits, the job that it has taken is found", async () => {
    const submitting = cluster.submitting(await cluster.request("hung", "true"));
    await expect.poll(() => cluster.testbed.processes("login").some(({ argv }) => argv[0] === "sbatch")).toBe(true);
    await cluster.testbed.fault.hangSlurmctld();
    await submitting.told("looking");
    await cluster.testbed.fault.startSlurmctld();
    const { jobId, notices } = await submitting.outcome;
    expect(notices[0]).toMatchObject({ kind: "looking" });
    expect(await cluster.jobsNamed("hung")).toEqual([jobId]);
    expect((await cluster.testbed.waitForJob(jobId ?? 0)).state).toBe("COMPLETED");
  });

  test("is away, the submission waits for it and goes on", async () => {
    const request = await cluster.request("away", "true");
    await cluster.testbed.fault.stopSlurmctld();
    const submitting = cluster.submitting(request);
    await submitting.told("looking");
    await cluster.testbed.fault.startSlurmctld();
    const { jobId, notices } = await submitting.outcome;
    expect(notices[0]).toMatchObject({
      kind: "looking",
      text: expect.stringContaining("Unable to contact slurm controller"),
    });
    expect(await cluster.jobsNamed("away")).toEqual([jobId]);
    expect((await cluster.testbed.waitForJob(jobId ?? 0)).state).toBe("COMPLETED");
  });
});
