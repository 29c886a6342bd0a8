import { expect, it } from "vitest";
import { parseAllocation, type SlurmEnvironment } from "../src/index.ts";
import { jobEnv } from "./fixtures/job-env.ts";

const gpus = (changes: SlurmEnvironment) =>
  parseAllocation(jobEnv(changes)).nodes.map((node) => [node.gpus, node.gpuIds]);

it("Slurm that says nothing of GPUs leaves them unknown", () => {
  expect(gpus({})).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

it("ids belong to the node that we run on, and count there", () => {
  expect(gpus({ SLURM_JOB_GPUS: "0,2-3" })).toEqual([
    [3, ["0", "2", "3"]],
    [undefined, undefined],
  ]);
});

it("a count without ids belongs to the node that we run on", () => {
  expect(gpus({ SLURM_GPUS_ON_NODE: "2" })).toEqual([
    [2, undefined],
    [undefined, undefined],
  ]);
});

it("a request per node holds for all nodes, of all types together", () => {
  expect(gpus({ SLURM_GPUS_PER_NODE: "a100:2,h100:1", SLURM_JOB_GPUS: "0,1,2" })).toEqual([
    [3, ["0", "1", "2"]],
    [3, undefined],
  ]);
});

it("a request per task holds for each node's tasks, but not in a step, whose tasks are not the job's", () => {
  const changes = { SLURM_GPUS_PER_TASK: "2", SLURM_TASKS_PER_NODE: "2,1" };
  expect(gpus(changes)).toEqual([
    [4, undefined],
    [2, undefined],
  ]);
  expect(gpus({ ...changes, SLURM_STEP_ID: "0" })).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

it("the job's total tells something only where there is one node", () => {
  expect(gpus({ SLURM_GPUS: "4" })).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect(
    gpus({ SLURM_GPUS: "4", SLURM_JOB_NODELIST: "n1", SLURM_JOB_NUM_NODES: "1", SLURM_JOB_CPUS_PER_NODE: "4" }),
  ).toEqual([[4, undefined]]);
});

it("on another node than the first, the ids inherited from the batch script are not ours", () => {
  const changes = { SLURMD_NODENAME: "n2", SLURM_STEP_ID: "0", SLURM_JOB_GPUS: "0,1" };
  expect(gpus(changes)).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect(gpus({ ...changes, SLURM_STEP_GPUS: "3" })).toEqual([
    [undefined, undefined],
    [1, ["3"]],
  ]);
});

it("under salloc, on the login node, no ids are given to any node", () => {
  expect(gpus({ SLURMD_NODENAME: undefined, SLURM_JOB_GPUS: "0,1", SLURM_GPUS_PER_NODE: "2" })).toEqual([
    [2, undefined],
    [2, undefined],
  ]);
});

it.each([
  ["MIG-377e0049-554c-540b-93c6-d0976f8426cb", ["MIG-377e0049-554c-540b-93c6-d0976f8426cb"]],
  [
    "MIG-GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f/7/0,MIG-GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f/1/0",
    ["MIG-GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f/7/0", "MIG-GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f/1/0"],
  ],
  ["GPU-b,GPU-a", ["GPU-b", "GPU-a"]],
])("names of GPUs are kept, in their order (SLURM_JOB_GPUS=%s)", (text, ids) => {
  expect(gpus({ SLURM_JOB_GPUS: text })).toEqual([
    [ids.length, ids],
    [undefined, undefined],
  ]);
});

it("where one list is not understood, what else Slurm says counts", () => {
  expect(gpus({ SLURM_JOB_GPUS: "a b", SLURM_STEP_GPUS: "1" })).toEqual([
    [1, ["1"]],
    [undefined, undefined],
  ]);
  expect(gpus({ SLURM_JOB_GPUS: "MIG-1,,", SLURM_GPUS_ON_NODE: "2" })).toEqual([
    [2, undefined],
    [undefined, undefined],
  ]);
  expect(gpus({ SLURM_GPUS_ON_NODE: "two", SLURM_GPUS_PER_NODE: "2" })).toEqual([
    [2, undefined],
    [2, undefined],
  ]);
});
