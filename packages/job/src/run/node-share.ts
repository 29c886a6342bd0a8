/** What part of a node is ours, as far as the batch system or the person says so. */
import type { CpuPlace } from "@hyperion-ts/slurm-env";

/** A part of a node. What is left out is not said. */
export interface NodeShare {
  /** How many CPUs. Default: all that the node's agent may use. */
  readonly cpus?: number | undefined;
  /** A person has said so: a quota of CPU time does not make them fewer. */
  readonly exactly?: boolean | undefined;
  /** Where these CPUs are in Slurm's order, where it says so. */
  readonly cpuPlaces?: readonly CpuPlace[] | undefined;
  /** How many threads Slurm counts for each core, where it says so. */
  readonly slurmThreads?: number | undefined;
  /** Names or the node's own numbers of the GPUs, as CUDA_VISIBLE_DEVICES takes them. Default: none. */
  readonly gpuIds?: readonly string[] | undefined;
  /** Whether the node's agent is started inside of the batch job: what its environment says of GPUs is then right. Default false. */
  readonly agentIsInJob?: boolean | undefined;
  /** In megabytes. Default: what cgroups leave of the machine's. */
  readonly memoryMb?: number | undefined;
}
