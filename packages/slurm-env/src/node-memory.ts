/**
 * The job's memory on a node. Slurm states it per node, per CPU or per GPU. Where two of these are set, one is left over
 * from an outer job, in which this job was submitted, and nothing tells which: the amount is unknown then.
 */
import type { CpuCount } from "./cpu-count.ts";
import type { Notes } from "./notes.ts";
import { readAmount, type SlurmEnvironment } from "./slurm-environment.ts";

const UNITS = ["NODE", "CPU", "GPU"] as const;

/** Megabytes on a node by its CPUs and GPUs; undefined where Slurm does not say, or gives all of the node (0). */
export type MemoryRule = (cpus: CpuCount, gpus: number | undefined) => number | undefined;

/** The rule of a job, or of the component with that `suffix`. */
export function readMemoryRule(env: SlurmEnvironment, suffix: string, notes: Notes): MemoryRule {
  const [stated, another] = UNITS.flatMap((unit) => {
    const megabytes = notes.unlessOdd(() => readAmount(env, `SLURM_MEM_PER_${unit}${suffix}`));
    return megabytes === undefined ? [] : [{ unit, megabytes }];
  });
  if (stated === undefined || another !== undefined) return () => undefined;
  return (cpus, gpus) => amount(stated.megabytes, stated.unit, cpus, gpus);
}

function amount(
  megabytes: number,
  unit: (typeof UNITS)[number],
  cpus: CpuCount,
  gpus: number | undefined,
): number | undefined {
  switch (unit) {
    case "NODE":
      return megabytes;
    case "CPU":
      return megabytes * cpus;
    case "GPU":
      return gpus === undefined ? undefined : megabytes * gpus;
    default:
      return unit satisfies never;
  }
}
