import { expect, it } from "vitest";
import { parseAllocation } from "../src/index.ts";
import { hetEnv, jobEnv } from "./fixtures/job-env.ts";
import { refusalOf } from "./fixtures/refusal.ts";

it("a node of several components appears once, with the sum of its shares", () => {
  const { nodes, components } = parseAllocation(
    jobEnv({
      ...hetEnv(["4711", "n[1-2]", "4,2"], ["4712", "n[2-3]", "1(x2)"]),
      SLURM_MEM_PER_CPU_HET_GROUP_0: "100",
      SLURM_MEM_PER_NODE_HET_GROUP_1: "500",
      SLURM_GPUS_PER_NODE_HET_GROUP_1: "1",
    }),
  );
  expect(nodes).toEqual([
    { name: "n1", cpus: 4, memoryMb: 400, components: [0] },
    { name: "n2", cpus: 3, memoryMb: 700, components: [0, 1] },
    { name: "n3", cpus: 1, memoryMb: 500, gpus: 1, components: [1] },
  ]);
  expect(components).toMatchObject([
    {
      index: 0,
      jobId: 4711,
      nodes: [
        { name: "n1", cpus: 4 },
        { name: "n2", cpus: 2 },
      ],
    },
    {
      index: 1,
      jobId: 4712,
      nodes: [
        { name: "n2", cpus: 1, gpus: 1 },
        { name: "n3", cpus: 1 },
      ],
    },
  ]);
});

it("each component has its partition", () => {
  const partitions = { SLURM_JOB_PARTITION_HET_GROUP_0: "main", SLURM_JOB_PARTITION_HET_GROUP_1: "gpu" };
  const { components } = parseAllocation(
    jobEnv({ ...hetEnv(["4711", "n1", "4"], ["4712", "n2", "2"]), ...partitions }),
  );
  expect(components?.map(({ partition }) => partition)).toEqual(["main", "gpu"]);
});

it("an ordinary job that a heterogeneous one submitted does not take its nodes", () => {
  const { nodes, components } = parseAllocation(jobEnv(hetEnv(["12", "n7", "8"], ["13", "n8", "8"])));
  expect(nodes.map(({ name }) => name)).toEqual(["n1", "n2"]);
  expect(components).toBeUndefined();
});

it("a component that lacks a variable is refused, and the variable named in full", () => {
  const env = jobEnv({
    ...hetEnv(["4711", "n1", "4"], ["4712", "n2", "2"]),
    SLURM_JOB_NODELIST_HET_GROUP_1: undefined,
  });
  expect(refusalOf(() => parseAllocation(env))).toMatchObject({
    code: "missing-variable",
    variable: "SLURM_JOB_NODELIST_HET_GROUP_1",
  });
});

it("a component's counts must fit its own nodes", () => {
  const env = jobEnv(hetEnv(["4711", "n1", "4"], ["4712", "n[2-3]", "2"]));
  expect(refusalOf(() => parseAllocation(env))).toMatchObject({
    code: "contradiction",
    variable: "SLURM_JOB_CPUS_PER_NODE_HET_GROUP_1",
  });
});

it("an absurd number of components ends at the first that is missing: then the job's own variables count", () => {
  const { components, nodes, notes } = parseAllocation(
    jobEnv({ ...hetEnv(["4711", "n1", "4"]), SLURM_HET_SIZE: "999999999999999" }),
  );
  expect(components).toBeUndefined();
  expect(nodes.map(({ name }) => name)).toEqual(["n1", "n2"]);
  expect(notes).toMatchObject([{ variable: "SLURM_JOB_ID_HET_GROUP_1" }]);
});

it.each([
  ["half of them gone", { SLURM_JOB_ID_HET_GROUP_0: undefined }],
  ["their ids odd", { SLURM_JOB_ID_HET_GROUP_1: "13+1" }],
  ["their nodes odd", { SLURM_JOB_NODELIST_HET_GROUP_0: "n[1-" }],
  ["their size odd", { SLURM_HET_SIZE: "-2" }],
])("variables that a heterogeneous job has left to an ordinary one stop nothing, %s", (_title, changes) => {
  const { nodes, components } = parseAllocation(
    jobEnv({ ...hetEnv(["12", "n7", "8"], ["13", "n8", "8"]), ...changes }),
  );
  expect(nodes.map(({ name, cpus }) => [name, cpus])).toEqual([
    ["n1", 4],
    ["n2", 2],
  ]);
  expect(components).toBeUndefined();
});

it("what a component says beside its nodes and CPUs may be odd", () => {
  const { nodes, notes } = parseAllocation(
    jobEnv({
      ...hetEnv(["4711", "n1", "4"], ["4712", "n2", "2"]),
      SLURM_MEM_PER_NODE_HET_GROUP_1: "all",
      SLURM_JOB_NUM_NODES_HET_GROUP_0: "2",
    }),
  );
  expect(nodes).toMatchObject([
    { name: "n1", cpus: 4 },
    { name: "n2", cpus: 2 },
  ]);
  expect(notes.map(({ variable }) => variable)).toEqual([
    "SLURM_JOB_NUM_NODES_HET_GROUP_0",
    "SLURM_MEM_PER_NODE_HET_GROUP_1",
  ]);
});
