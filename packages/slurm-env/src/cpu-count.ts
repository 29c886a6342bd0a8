/** A number of CPUs: never 0, so that a node without CPUs can't enter a pool. */
import type { Brand } from "./brand.ts";
import { SlurmEnvError } from "./slurm-env-error.ts";

/** A number of CPUs as Slurm counts them (hardware threads or cores, by the cluster's configuration); at least 1. */
export type CpuCount = Brand<number, "CpuCount">;

/**
 * `count`, checked to be a number of CPUs.
 *
 * @throws SlurmEnvError `malformed` when it is no whole number from 1 on
 */
export function parseCpuCount(count: number): CpuCount {
  if (!isCpuCount(count))
    throw new SlurmEnvError("malformed", `${count} can't be a number of CPUs: those are whole numbers from 1 on.`);
  return count;
}

const isCpuCount = (count: number): count is CpuCount => Number.isSafeInteger(count) && count >= 1;
