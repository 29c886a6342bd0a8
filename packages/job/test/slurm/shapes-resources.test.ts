import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ShapeCluster } from "./shapes-cluster.ts";
import { done, expectAllCpusInUse, mostAtOnce, sharedAtOnce } from "./shapes-checks.ts";

describeOnTestbed(describe)("what else a job has of its nodes, and when it has nothing", () => {
  let cluster: ShapeCluster;
  beforeAll(async () => {
    const nodes = [
      { name: "n1", cpus: 4 },
      { name: "gpu1", cpus: 4, gpus: 4 },
      { name: "gpu2", cpus: 3, gpus: 2 },
    ];
    cluster = await ShapeCluster.open(nodes, {
      partitions: [{ name: "main" }, { name: "short", timeLimitMinutes: 3 }],
      slurm: {
        SelectTypeParameters: "CR_CPU_Memory",
        DefMemPerCPU: "200",
        TaskProlog: "/srv/checkout/packages/job/test/slurm/programs/names-slices.sh",
      },
    });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it("GPUs: calls that run at the same time see different ones, on the head's node and on the other", async () => {
    // Another job has the first GPU of each node.
    const other = await cluster.testbed.sbatch("#!/bin/sh\nsleep 1000\n", {
      args: ["-w", "gpu1,gpu2", "-N2", "--gpus-per-node=1"],
    });
    await expect.poll(async () => (await cluster.testbed.job(other))[0]?.state, { timeout: 60_000 }).toBe("RUNNING");
    const { sessions, printed } = await cluster.sbatch(
      ["-w", "gpu1,gpu2", "-N2", "-n4", "--gpus=4"],
      cluster.script("gpus", { together: 4, gpus: 1 }),
    );
    await cluster.testbed.run("login", ["scancel", String(other)]);
    const { sights } = done(cluster.outcomes("gpus"), printed);
    expect(sharedAtOnce(sights, ({ gpuIds }) => gpuIds)).toEqual([]);
    expect(Object.keys(mostAtOnce(sights)).toSorted()).toEqual(["gpu1", "gpu2"]);
    for (const { cudaVisibleDevices, gpuIds } of sights)
      expect({ cudaVisibleDevices, count: gpuIds.length }).toEqual({ cudaVisibleDevices: gpuIds.join(), count: 1 });
    const used = Object.groupBy(sights, ({ node }) => node);
    expect(new Set(used["gpu1"]?.flatMap(({ gpuIds }) => gpuIds))).toEqual(new Set(["1", "2", "3"]));
    expect(new Set(used["gpu2"]?.flatMap(({ gpuIds }) => gpuIds))).toEqual(new Set(["1"]));
    expect(sessions).toEqual({ login: 0, n1: 0, gpu1: 0, gpu2: 1 });
    await cluster.expectNobodyLeft();
  });

  it("GPUs with names: calls have those that Slurm gave to the job, in its order", async () => {
    // As Slurm sets it for slices; the testbed's GPUs have numbers only.
    const mig = ["MIG-377e0049-554c-540b-93c6-d0976f8426cb", "MIG-12345678-554c-540b-93c6-d0976f8426cb"];
    const { printed } = await cluster.sbatch(
      ["-w", "gpu1,gpu2", "-N2", "-n4", "--gpus-per-node=2"],
      `export SLURM_JOB_GPUS=${mig.join()} CUDA_VISIBLE_DEVICES=${mig.join()}; unset ROCR_VISIBLE_DEVICES ZE_AFFINITY_MASK\n${cluster.script("mig", { together: 2, gpus: 1 })}`,
    );
    const { sights } = done(cluster.outcomes("mig"), printed);
    expect(new Set(sights.map(({ cudaVisibleDevices }) => cudaVisibleDevices))).toEqual(new Set(mig));
    expect(new Set(sights.flatMap(({ gpuIds }) => gpuIds))).toEqual(new Set(mig));
    expect(sights.map(({ node }) => node)).toEqual(sights.map(() => "gpu1"));
    expect(printed).toMatch(/slices of GPUs \(MIG\), whose names on other nodes only a step of srun knows/);
    await cluster.expectNobodyLeft();
  });

  it("GPUs with names by srun: each node's agent tells by which names its step has them", async () => {
    const names = ["gpu1", "gpu2"].flatMap((node) => [`MIG-${node}-a`, `MIG-${node}-b`]);
    const { printed, sessions } = await cluster.sbatch(
      ["-w", "gpu1,gpu2", "-N2", "--ntasks-per-node=2", "--gpus-per-node=2"],
      `export SLICES=1 CUDA_VISIBLE_DEVICES=${names.slice(0, 2).join()}; ${cluster.script("mig-srun", { together: 4, gpus: 1, options: { reach: { transport: { type: "srun" } } } })}`,
    );
    const { sights } = done(cluster.outcomes("mig-srun"), printed);
    expect(new Set(sights.map(({ cudaVisibleDevices }) => cudaVisibleDevices))).toEqual(new Set(names));
    for (const { node, gpuIds } of sights) expect(gpuIds).toEqual([expect.stringMatching(`^MIG-${node}-[ab]$`)]);
    expect(sessions).toEqual({ login: 0, n1: 0, gpu1: 0, gpu2: 0 });
    await cluster.expectNobodyLeft();
  });

  it.each([
    ["as a total", ["--gpus=4"], 1],
    ["as a total, with CPUs for each", ["--gpus=2", "--cpus-per-gpu=1"], 1],
    ["on each node", ["--gres=gpu:2"], 1],
    ["not at all", [], 0],
  ])("GPUs by srun: those that were asked for %s are used on both nodes", async (_, args, gpus) => {
    const name = `srun${args.join("")}`;
    const request = {
      together: 2,
      ...(gpus === 0 ? {} : { gpus }),
      options: { leastNodes: 2, reach: { transport: { type: "srun" }, attempts: 1 } },
    } as const;
    const { sessions, printed } = await cluster.sbatch(
      ["-w", "gpu1,gpu2", "-N2", "--ntasks-per-node=1", ...args],
      cluster.script(name, request),
    );
    const { sights, cpusPerNode } = done(cluster.outcomes(name), printed);
    expect(cpusPerNode.map(([node]) => node).toSorted()).toEqual(["gpu1", "gpu2"]);
    expect(sharedAtOnce(sights, ({ gpuIds }) => gpuIds)).toEqual([]);
    expect(Object.keys(mostAtOnce(sights)).toSorted()).toEqual(["gpu1", "gpu2"]);
    for (const { cudaVisibleDevices, gpuIds } of sights)
      if (gpus > 0)
        expect({ cudaVisibleDevices, count: gpuIds.length }).toEqual({
          cudaVisibleDevices: gpuIds.join(),
          count: gpus,
        });
    expect(sessions).toEqual({ login: 0, n1: 0, gpu1: 0, gpu2: 0 });
    await cluster.expectNobodyLeft();
  });

  it("memory: no more calls run than the job's part of each node has room for, and each has a heap of its share", async () => {
    const { printed } = await cluster.sbatch(
      ["-w", "n1,gpu1", "-N2", "-n8", "--mem=700"],
      cluster.script("memory", { together: 4, memoryMb: 300 }),
    );
    const outcome = done(cluster.outcomes("memory"), printed);
    expect(mostAtOnce(outcome.sights)).toEqual({ n1: 2, gpu1: 2 });
    // V8 counts the space for young objects too.
    for (const { heapLimitMb } of outcome.sights) expect([heapLimitMb >= 300, heapLimitMb < 600]).toEqual([true, true]);
    await cluster.expectNobodyLeft();
  });

  it("time: the job knows how much is left of its partition's limit", async () => {
    const { printed } = await cluster.sbatch(
      ["-p", "short", "-w", "n1", "-n2"],
      cluster.script("short", { together: 2 }),
    );
    const outcome = done(cluster.outcomes("short"), printed);
    expectAllCpusInUse(outcome, { n1: 2 });
    expect(outcome.remainingMs).toBeGreaterThan(60_000);
    expect(outcome.remainingMs).toBeLessThanOrEqual(180_000);
  });

  it("copies: a program that srun starts once for each task is refused, and says how to start it", async () => {
    const { exitCode, sessions } = await cluster.sbatch(["-N3"], cluster.script("copies", { together: 3 }, "srun"));
    expect(exitCode).not.toBe(0);
    const outcomes = cluster.outcomes("copies");
    expect(outcomes).toHaveLength(3);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        type: "failed",
        message: expect.stringMatching(
          /srun has started this program 3 times.*`exec`.*`srun --nodes=1 --ntasks=1 --overlap`/,
        ),
      });
    expect(sessions).toEqual({ login: 0, n1: 0, gpu1: 0, gpu2: 0 });
  });

  it("no job: the error says how to get one", async () => {
    const { exitCode } = await cluster.run(cluster.program("outside", { together: 1 }));
    expect(exitCode).toBe(1);
    expect(cluster.outcomes("outside")).toMatchObject([
      {
        type: "failed",
        name: "SlurmEnvError",
        code: "not-in-job",
        message: expect.stringMatching(/^Not inside a Slurm job: .*`sbatch -N2 SCRIPT`/),
      },
    ]);
  });
});
