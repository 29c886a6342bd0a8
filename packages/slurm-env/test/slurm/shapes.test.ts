import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AllocatedNode, parseAllocation, parseJobDetails, type SlurmEnvironment } from "../../src/index.ts";
import { type Recording, RecordsFolder, RECORDER_SHARE, recordShapes } from "./recordings.ts";
import { NODES, PARTITIONS, type Shape, SHAPES } from "./shapes.ts";
import { type SlurmJob, slurmSays } from "./slurm-says.ts";
import { describeOnTestbed, testbed, type Testbed } from "./testbed.ts";

const BY_CORES = { SelectTypeParameters: "CR_Core_Memory", DefMemPerCPU: "10" };

describeOnTestbed(describe)("the environment and scontrol's details of a real job", () => {
  describe.each([
    ["CPUs", {}],
    ["cores and memory", BY_CORES],
  ])("where Slurm hands out %s", (_, slurm) => {
    let cluster: Testbed;
    let recorded: ReadonlyMap<Shape, readonly Recording[]>;
    let records: RecordsFolder;
    beforeAll(async () => {
      records = new RecordsFolder();
      cluster = await testbed({ nodes: NODES, partitions: PARTITIONS, share: [RECORDER_SHARE, records.share], slurm });
      recorded = await recordShapes(cluster, records, SHAPES);
    }, 400_000);
    afterAll(async () => {
      await cluster[Symbol.asyncDispose]();
      records[Symbol.dispose]();
    });

    test.each(SHAPES)("$title", (shape) => {
      const recordings = recorded.get(shape) ?? [];
      expect(recordings).toHaveLength(shape.records ?? 1);
      for (const recording of recordings) checkRecording(shape, recording);
    });

    test("the shapes were uneven, of several nodes, and had GPUs", () => {
      const jobs = [...recorded.values()].flat().map(({ env }) => parseAllocation(env).nodes);
      expect(jobs.filter((nodes) => new Set(nodes.map(({ cpus }) => cpus)).size > 1).length).toBeGreaterThan(8);
      expect(jobs.filter((nodes) => nodes.length > 1).length).toBeGreaterThan(20);
      expect(jobs.filter((nodes) => nodes.some(({ gpuIds = [] }) => gpuIds.length > 0)).length).toBeGreaterThan(6);
    });
  });
});

function checkRecording({ isStep = false, arrayIsInherited = false }: Shape, recording: Recording): void {
  const { env, host, details } = recording;
  const slurm = slurmSays(recording);
  const allocation = parseAllocation(env);
  expect(allocation.nodes.map(({ name }) => name)).toEqual(slurm.names);
  expect(allocation.head).toBe(slurm.names.find((name) => name === host));
  expect(allocation).toMatchObject({
    jobId: Number(env["SLURM_JOB_ID"]),
    partition: slurm.partition,
    user: host === "login" ? undefined : "alice",
  });
  expect(allocation.stepId).toBe(isStep ? 0 : undefined);
  if (!arrayIsInherited) expect(allocation.array?.taskId.toString()).toBe(slurm.arrayTaskId);
  for (const odd of ["-5", "odd", "1,", "18446744073709551615"])
    expect(nodesOf({ ...env, ...oddOptions(env, odd) })).toEqual(nodesOf(env));
  checkCpus(allocation.nodes, slurm);
  for (const node of allocation.nodes) checkShare(node, slurm);
  expect(allocation.notes).toEqual([]);
  const wanted = slurm.nodes.map(({ memoryMb, ...node }) => ({
    ...node,
    memoryMb: memoryMb || undefined,
    // The nodes have no generic resources but GPUs.
    gres: node.gpuIds.length === 0 ? undefined : `gpu:${node.gpuIds.length}`,
  }));
  expect(parseJobDetails(details, allocation.jobId).nodes).toEqual(wanted);
}

const nodesOf = (env: SlurmEnvironment) => parseAllocation(env).nodes.map(({ name, cpus }) => [name, cpus]);

/** All of a real job's variables that nobody needs to run on its nodes, each with that text. */
const oddOptions = (env: SlurmEnvironment, text: string): SlurmEnvironment =>
  Object.fromEntries(
    Object.keys(env).flatMap((name) =>
      /^SLURM_(?:JOB_ID|JOB_NODELIST|JOB_CPUS_PER_NODE|HET_SIZE)(?:_HET_GROUP_\d+)?$/.test(name) ||
      !name.startsWith("SLURM")
        ? []
        : [[name, text]],
    ),
  );

/** The CPUs of each node are as many as Slurm has taken from it: whole cores, where the node has several threads of each. */
function checkCpus(allocated: readonly AllocatedNode[], { nodes: taken, numCpus, singleThread }: SlurmJob): void {
  const counts = allocated.map(({ name, cpus }) => {
    const threads = threadsOf(name);
    return singleThread ? cpus * threads : Math.ceil(cpus / threads) * threads;
  });
  expect(counts).toEqual(taken.map(({ cpuPlaces }) => cpuPlaces.length));
  if (!singleThread) expect(allocated.reduce((sum, { cpus }) => sum + cpus, 0)).toBe(numCpus);
}

function threadsOf(name: string): number {
  const node = NODES.find((node) => node.name === name);
  return node !== undefined && "threadsPerCore" in node ? node.threadsPerCore : 1;
}

/** What the environment says of a node's GPUs and memory is so; it may say nothing. */
function checkShare({ name, gpus, gpuIds, memoryMb }: AllocatedNode, { nodes: taken, exclusive }: SlurmJob): void {
  const slurm = taken.find((node) => node.name === name);
  // An exclusive job has all GPUs of its nodes; the environment tells what it asked for.
  if (gpus !== undefined && exclusive) expect(slurm?.gpuIds.length).toBeGreaterThanOrEqual(gpus);
  else if (gpus !== undefined) expect(gpus).toBe(slurm?.gpuIds.length);
  if (gpuIds !== undefined) expect(gpuIds).toEqual(slurm?.gpuIds);
  if (memoryMb !== undefined && slurm?.memoryMb !== 0) expect(memoryMb).toBe(slurm?.memoryMb);
}
