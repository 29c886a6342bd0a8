/**
 * The job's memory on a node. Slurm states it per node, per CPU or per GPU; srun refuses an
 * environment that has two of these, and so do we, since one of them is left over from an outer job.
 */
import type { CpuCount } from "./cpu-count.ts";
import { contradiction } from "./slurm-env-error.ts";
import { readAmount, requireText, type SlurmEnvironment } from "./slurm-environment.ts";

const units = ["NODE", "CPU", "GPU"] as const;

/** Megabytes on a node by its CPUs and GPUs; undefined where Slurm does not say, or gives all of the node (0). */
export type MemoryRule = (cpus: CpuCount, gpus: number | undefined) => number | undefined;

/** @throws SlurmEnvError `contradiction` if memory is stated in two ways. */
export const readMemoryRule = (env: SlurmEnvironment, suffix: string): MemoryRule => {
  const stated = units.flatMap((unit) => {
    const variable = `SLURM_MEM_PER_${unit}${suffix}`;
    const megabytes = readAmount(env, variable);
    return megabytes === undefined ? [] : [{ unit, variable, megabytes }];
  });
  const [first, second] = stated;
  if (first === undefined) return () => undefined;
  if (second !== undefined) {
    const { variable } = second;
    throw contradiction({ text: requireText(env, variable), variable }, `${first.variable} is set too, and only one of them can hold`);
  }
  return (cpus, gpus) => amount(first.megabytes, first.unit, cpus, gpus);
};

const amount = (megabytes: number, unit: (typeof units)[number], cpus: CpuCount, gpus: number | undefined): number | undefined => {
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
};
