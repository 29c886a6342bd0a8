/**
 * Slurm's own number of a CPU. It looks like the kernel's id of one, and often is the same number; where it is not, a
 * worker would be pinned to a stranger's CPU. So it is a type of its own, up to where somebody knows which CPU it means.
 */
import type { Brand } from "./brand.ts";
import { SlurmEnvError } from "./slurm-env-error.ts";

/** A CPU's place in Slurm's order of a node's CPUs (by socket, core and thread, from 0 on): no id of the kernel. */
export type CpuPlace = Brand<number, "CpuPlace">;

/**
 * `place`, checked to be a CPU's place.
 *
 * @throws SlurmEnvError `malformed` when it is no whole number from 0 on
 */
export function parseCpuPlace(place: number): CpuPlace {
  if (!isCpuPlace(place))
    throw new SlurmEnvError(
      "malformed",
      `${place} can't be a CPU's place in Slurm's order: those are whole numbers from 0 on.`,
    );
  return place;
}

const isCpuPlace = (place: number): place is CpuPlace => Number.isSafeInteger(place) && place >= 0;
