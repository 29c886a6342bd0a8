/** Calls that must not compile, checked by tsc; nothing here runs. */
import {
  expandHostlist,
  foldHostlist,
  parseAllocation,
  type Allocation,
  type CpuCount,
  type CpuPlace,
  type NodeDetails,
  type SlurmJobId,
} from "../src/index.ts";

export const names: string[] = expandHostlist("n[1-3]");
export const folded: string = foldHostlist(names);
export const fromProcess: Allocation = parseAllocation(process.env);
export const cpusByName: ReadonlyMap<string, CpuCount> = new Map(
  fromProcess.nodes.map(({ name, cpus }) => [name, cpus]),
);
export const plainNumber: number = fromProcess.jobId;

// @ts-expect-error a job's id is no number of CPUs
export const confused: CpuCount = fromProcess.jobId;
// @ts-expect-error a number is no job's id until it was parsed
export const invented: SlurmJobId = 4711;
// @ts-expect-error under salloc there is no head
export const head: string = fromProcess.head;
// @ts-expect-error GPUs are known for some nodes only
export const gpus: readonly number[] = fromProcess.nodes.map((node) => node.gpus);
// @ts-expect-error an allocation can't be changed
fromProcess.jobId = plainNumber;
// @ts-expect-error nor can its nodes
fromProcess.nodes.push({ name: "n1" });

// Slurm's place of a CPU is none of the kernel's ids, and no number becomes one unseen.
export const placesOf = (details: NodeDetails): readonly CpuPlace[] => details.cpuPlaces;
// @ts-expect-error a number was not checked to be a place
export const notAPlace: CpuPlace = 3;
