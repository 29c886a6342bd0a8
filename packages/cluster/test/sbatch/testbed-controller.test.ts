/** A controller that hangs or is away: the submission waits for it and goes on, and the job is there once. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SubmitCluster, type Submitting } from "./submit-cluster.ts";

describeOnTestbed(describe)("where Slurm's controller", { timeout: 180_000 }, () => {
  let cluster: SubmitCluster;
  beforeAll(async () => {
    // A command of Slurm's gives up waiting for the controller after so many seconds.
    cluster = await SubmitCluster.open({ nodes: [{ name: "n1", cpus: 8 }], slurm: { MessageTimeout: "3" } });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  const expectOnce = async (name: string, submitting: Submitting): Promise<void> => {
    await submitting.told("looking");
    await cluster.testbed.fault.startSlurmctld();
    const { jobId, notices } = await submitting.outcome;
    expect(notices[0]).toMatchObject({ kind: "looking", text: expect.stringMatching(/Unable to contact|timed out/) });
    expect(await cluster.jobsNamed(name)).toEqual([jobId]);
    expect(await cluster.endOf(jobId)).toBe("COMPLETED");
  };

  test("hangs", async () => {
    const request = await cluster.request("hung", "true");
    await cluster.testbed.fault.hangSlurmctld();
    await expectOnce("hung", cluster.submitting(request));
  });

  test("is away", async () => {
    const request = await cluster.request("away", "true");
    await cluster.testbed.fault.stopSlurmctld();
    await expectOnce("away", cluster.submitting(request));
  });
});
