import { expect, it } from "vitest";
import { parseAllocation, type SlurmEnvironment } from "../src/index.ts";
import { jobEnv } from "./fixtures/job-env.ts";

const memoryMb = (changes: SlurmEnvironment) => parseAllocation(jobEnv(changes)).nodes.map((node) => node.memoryMb);

it("memory per node is the same on each", () => {
  expect(memoryMb({ SLURM_MEM_PER_NODE: "8192" })).toEqual([8192, 8192]);
});

it("memory per CPU goes by the node's CPUs", () => {
  expect(memoryMb({ SLURM_MEM_PER_CPU: "1000" })).toEqual([4000, 2000]);
});

it("memory per GPU goes by the node's GPUs, where they are known", () => {
  expect(memoryMb({ SLURM_MEM_PER_GPU: "1000", SLURM_GPUS_PER_NODE: "2" })).toEqual([2000, 2000]);
  expect(memoryMb({ SLURM_MEM_PER_GPU: "1000" })).toEqual([undefined, undefined]);
});

it("all of a node's memory (--mem=0), or none stated, is an unknown amount", () => {
  expect(memoryMb({ SLURM_MEM_PER_NODE: "0" })).toEqual([undefined, undefined]);
  expect(memoryMb({})).toEqual([undefined, undefined]);
});

it("memory stated in two ways, once for this job and once for the one that it was submitted in, is an unknown amount", () => {
  expect(memoryMb({ SLURM_MEM_PER_NODE: "8192", SLURM_MEM_PER_CPU: "1000" })).toEqual([undefined, undefined]);
});
