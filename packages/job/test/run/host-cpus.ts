/** Machines as agents find them, for the choice of CPUs. */
import { type CpuPlace, parseCpuPlace } from "@hyperion-ts/slurm-env";
import type { ChosenCpus, HostCpus } from "../../src/run/choose-cpus.ts";

/** A machine with so many CPUs online, of which its agent may use some. */
export const host = (allowedCpus: readonly number[], onlineCpus: number, others: Partial<HostCpus> = {}): HostCpus => ({
  allowedCpus,
  onlineCpus,
  canPin: true,
  cores: [],
  coresAsSlurm: false,
  cpuset: null,
  cpuQuota: null,
  ...others,
});

/** Slurm's numbers of CPUs. */
export const places = (...numbers: readonly number[]): readonly CpuPlace[] => numbers.map(parseCpuPlace);

/** Cores in Slurm's order, each by the ids of its CPUs. */
export const cores = (...ids: readonly (readonly number[])[]): Partial<HostCpus> => ({
  cores: ids,
  coresAsSlurm: true,
});

/** Cores in another order than Slurm's. */
export const unnumbered = (...ids: readonly (readonly number[])[]): Partial<HostCpus> => ({ cores: ids });

/** What a worker on each of the CPUs is pinned to; null: workers are not pinned. */
export const pinsOf = ({ cpuIds, pinTo }: ChosenCpus): readonly (readonly number[])[] | null =>
  pinTo === null ? null : cpuIds.map((id) => pinTo([id]));
