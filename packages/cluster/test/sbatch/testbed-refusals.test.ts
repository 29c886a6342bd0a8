/** Refusals of a real Slurm, of each kind that it can be brought to. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseFoundJobs } from "../../src/sbatch/find-submitted.ts";
import type { SbatchOptions } from "../../src/sbatch/sbatch-options.ts";
import { SubmitCluster } from "./submit-cluster.ts";

describeOnTestbed(describe, { accounting: true })("a refused submission", { timeout: 120_000 }, () => {
  let cluster: SubmitCluster;
  beforeAll(async () => {
    cluster = await SubmitCluster.open({
      nodes: [{ name: "n1", cpus: 2 }],
      accounting: { limits: { maxSubmitJobs: 1 }, qos: [{ name: "short", limits: { maxWallMinutes: 5 } }] },
      partitions: [
        { name: "main" },
        { name: "brief", timeLimitMinutes: 5 },
        { name: "closed", slurm: { DenyAccounts: "lab" } },
      ],
    });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test.each([
    ["a partition that there is not", { partition: "mian" }, "Invalid partition name specified"],
    ["an account that there is not", { account: "nowhere" }, "Invalid account or account/partition combination"],
    ["a partition that is closed to the account", { partition: "closed" }, "Invalid account or account/partition"],
    ["a QOS that there is not", { qos: "nowhere" }, "Invalid qos specification"],
    ["more time than a QOS gives", { qos: "short", time: { hours: 1 } }, "QOSMaxWallDurationPerJobLimit"],
    ["a feature that no node has", { constraint: "haswell" }, "Invalid feature specification"],
    ["a resource that there is not", { gres: ["unicorn:2"] }, "Invalid generic resource (gres) specification"],
    ["a reservation that there is not", { reservation: "course" }, "reservation is invalid"],
    ["an option that sbatch does not know", { further: ["--flux=1"] }, "unrecognized option"],
    ["a dependency that is none", { dependency: "soon" }, ""],
  ] satisfies (readonly [string, SbatchOptions, string])[])(
    "for %s is an error with Slurm's words",
    async (_, options, words) => {
      const { error } = await cluster.submit(
        await cluster.request("refused", "true", { options, scriptFile: "/srv/script" }),
      );
      expect(error).toMatchObject({ name: "SubmissionError", words: expect.stringContaining(words) });
      expect(error?.message).not.toContain("not known here");
      expect(error?.message).toMatch(
        /^Slurm refuses the job refused: .+\n.+\.\nIt was submitted with:\n {2}sbatch --parsable .+ < \/srv\/script$/,
      );
    },
  );

  test("for more than the partition gives is told before, with both numbers", async () => {
    const options = { partition: "brief", time: { hours: 1 } };
    const { error, notices } = await cluster.submit(await cluster.request("large", "true", { options }));
    const told = "60 minutes, and the partition brief gives 5";
    expect(notices).toEqual([{ kind: "never-runs", text: expect.stringContaining(told) }]);
    const words = expect.stringContaining("Requested time limit is invalid");
    expect(error).toMatchObject({ name: "SubmissionError", words });
  });

  test.each([
    [{ nodes: 2 }, "it asks for 2 nodes, and the partition main has 1"],
    [{ partition: "main", cpusPerTask: 3 }, "3 CPUs on each node, and no node of the partition main has more than 2"],
    [{ mem: { terabytes: 4 } }, "4194304 MB of memory on each node, and no node of the partition main has more than"],
  ] satisfies (readonly [SbatchOptions, string])[])(
    "for what no nodes can hold, %j, is not made: an error names both numbers",
    async (options, words) => {
      const { error, notices } = await cluster.submit(await cluster.request("never", "true", { options }));
      expect(notices).toEqual([]);
      expect(error).toMatchObject({ name: "SubmissionError", words: expect.stringContaining(words) });
      expect(error?.message).toMatch(
        /^The job never was not submitted, as it could never run: it asks for .*sbatch --/s,
      );
      expect(await cluster.jobsNamed("never")).toEqual([]);
    },
  );

  test("for a limit on submitted jobs waits until a job has ended", async () => {
    const first = await cluster.submit(await cluster.request("first", "sleep 1000"));
    const second = cluster.submitting(await cluster.request("second", "true"));
    await second.told("waiting");
    await cluster.slurm("scancel", String(first.jobId));
    const { jobId, notices } = await second.outcome;
    expect(notices[0]).toMatchObject({
      kind: "waiting",
      refusal: { kind: "own-limit", limit: "AssocMaxSubmitJobLimit" },
      text: expect.stringContaining("As many jobs are submitted as AssocMaxSubmitJobLimit allows"),
    });
    expect(await cluster.endOf(jobId)).toBe("COMPLETED");
  });

  test("does not follow where a person has chosen a cluster and defaults by variables", async () => {
    const env = {
      SLURM_CLUSTERS: "testbed",
      SBATCH_PARTITION: "brief",
      SBATCH_TIMELIMIT: "3",
      SBATCH_ARRAY_INX: "1-2",
    };
    const request = await cluster.request("chosen", "true", { options: { time: null } });
    const { jobId, cluster: name, notices } = await cluster.submitting(request, {}, env).outcome;
    expect([name, notices]).toEqual(["testbed", []]);
    expect(await cluster.slurm("squeue", "--states=all", "--noheader", "--format=%P %l %i", `--jobs=${jobId}`)).toBe(
      `brief 3:00 ${jobId}\n`,
    );
    const look = ["--me", "--states=all", "--name=chosen", "--format=%A|%T|%r", "--clusters=testbed"];
    expect(parseFoundJobs(await cluster.slurm("squeue", ...look))).toEqual([{ jobId, cluster: "testbed" }]);
    expect(await cluster.endOf(jobId)).toBe("COMPLETED");
  });
});
