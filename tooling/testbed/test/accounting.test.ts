import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnTestbed, testbed } from "../src/index.ts";
import type { Testbed } from "../src/index.ts";
import { planCluster } from "../src/cluster-plan.ts";
import { accountingCommands } from "../src/accounting-conf.ts";
import { slurmConf } from "../src/slurm-conf.ts";

it("sacctmgr is told limits by Slurm's names, which are others for a QOS", () => {
  const limits = {
    maxSubmitJobs: 2,
    maxJobs: 1,
    maxWallMinutes: 60,
    maxTresPerJob: "cpu=2",
    grpTres: "cpu=4,gres/gpu=1",
  };
  expect(
    accountingCommands({ limits, qos: [{ name: "short", limits }, { name: "long" }] }, ["alice", "bob"]).split("\n"),
  ).toEqual([
    "add cluster testbed",
    "add qos short Flags=DenyOnLimit MaxSubmitJobsPerUser=2 MaxJobsPerUser=1 MaxWall=60 MaxTRESPerJob=cpu=2 GrpTRES=cpu=4,gres/gpu=1",
    "add qos long Flags=DenyOnLimit",
    "add account lab Description=lab Organization=lab QOS=normal,short,long DefaultQOS=normal MaxSubmitJobs=2 MaxJobs=1 MaxWall=60 MaxTRESPerJob=cpu=2 GrpTRES=cpu=4,gres/gpu=1",
    "add user alice,bob Account=lab",
    "",
  ]);
});

it("a partition's further settings win over the testbed's, whatever their capital letters", () => {
  const partitions = [{ name: "main", timeLimitMinutes: 5, slurm: { MaxNodes: "1", maxtime: "7" } }];
  expect(slurmConf(planCluster({ partitions }))).toContain(
    "\nPartitionName=main Nodes=ALL Default=YES State=UP MaxNodes=1 maxtime=7\n",
  );
});

describeOnTestbed(describe, { accounting: true })("a cluster with accounting", () => {
  let cluster: Testbed;
  beforeAll(async () => {
    cluster = await testbed({
      nodes: [
        { name: "n1", cpus: 4 },
        { name: "n2", cpus: 4 },
      ],
      partitions: [
        { name: "main" },
        { name: "tiny", timeLimitMinutes: 3, slurm: { MaxNodes: "1" } },
        { name: "closed", slurm: { DenyAccounts: "lab" } },
      ],
      accounting: {
        limits: { maxSubmitJobs: 2, maxJobs: 1, maxWallMinutes: 60 },
        qos: [
          { name: "short", limits: { maxWallMinutes: 5, maxTresPerJob: "cpu=2" } },
          { name: "small", limits: { grpTres: "cpu=3" } },
        ],
      },
    });
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });
  const submit = (...args: readonly string[]) =>
    cluster.run("login", ["sbatch", "--parsable", "--output=/dev/null", ...args], {
      user: "alice",
      input: "#!/bin/sh\nsleep 100\n",
    });
  const overLimit =
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";
  const failed = (why: string): string => `sbatch: error: Batch job submission failed: ${why}`;

  const waiting = async (): Promise<readonly string[]> =>
    (await cluster.run("login", ["squeue", "--noheader", "--user=alice", "--format=%r"])).stdout
      .split("\n")
      .slice(0, -1);
  const cancelAll = async (): Promise<void> => {
    await cluster.run("login", ["scancel", "--user=alice"]);
    await expect.poll(waiting, { timeout: 30_000 }).toEqual([]);
  };

  it.each([
    [
      "an account that is none of the user's",
      ["--account=nowhere"],
      [failed("Invalid account or account/partition combination specified")],
    ],
    ["a QOS that is not there", ["--qos=nowhere"], [failed("Invalid qos specification")]],
    [
      "more time than the QOS gives",
      ["--qos=short", "--time=10"],
      ["sbatch: error: QOSMaxWallDurationPerJobLimit", overLimit],
    ],
    [
      "more CPUs than the QOS gives to a job",
      ["--qos=short", "--time=1", "-n4"],
      ["sbatch: error: QOSMaxCpuPerJobLimit", overLimit],
    ],
    ["more CPUs than the QOS has in all", ["--qos=small", "-n4"], ["sbatch: error: QOSGrpCpuLimit", overLimit]],
    [
      "more time than the partition gives",
      ["--partition=tiny", "--time=10"],
      [failed("Requested time limit is invalid (missing or exceeds some limit)")],
    ],
    ["more nodes than the partition gives", ["--partition=tiny", "-N2"], [failed("Node count specification invalid")]],
    [
      "a partition that refuses the account",
      ["--partition=closed"],
      [failed("Invalid account or account/partition combination specified")],
    ],
  ])("refuses who asks for %s", async (_, args, said) => {
    expect(await submit(...args)).toEqual({ exitCode: 1, stdout: "", stderr: `${said.join("\n")}\n` });
  });

  it("refuses one job more than a user may have in the queue; root may have any number", async () => {
    const jobs = [await submit(), await submit()];
    expect(jobs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await submit()).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `sbatch: error: AssocMaxSubmitJobLimit\n${overLimit}\n`,
    });
    for (let job = 0; job < 3; job++) await cluster.sbatch("#!/bin/sh\n");
    await cancelAll();
  });

  it("lets jobs wait that are over another limit of the account, and says which", async () => {
    await submit("--time=1");
    await submit("--time=1");
    await expect
      .poll(async () => (await waiting()).toSorted(), { timeout: 30_000 })
      .toEqual(["AssocMaxJobsLimit", "None"]);
    await cancelAll();
    await submit("--time=100");
    await expect.poll(waiting, { timeout: 30_000 }).toEqual(["AssocMaxWallDurationPerJobLimit"]);
    await cancelAll();
  });

  it("tells of a job that has ended, also after the login node was without power", async () => {
    const ended = cluster.run("login", ["srun", "sh", "-c", "exit 3"], { user: "bob" });
    expect((await ended).exitCode).toBe(3);
    const sacct = async (): Promise<string> =>
      (await cluster.run("login", ["sacct", "-XnP", "--user=bob", "--format=User,Account,State,ExitCode"])).stdout;
    await expect.poll(sacct, { timeout: 30_000 }).toBe("bob|lab|FAILED|3:0\n");
    await cluster.fault.stop("login");
    await cluster.fault.heal("login");
    expect(await sacct()).toBe("bob|lab|FAILED|3:0\n");
    expect(cluster.processes("login")).toEqual([]);
  });
});
