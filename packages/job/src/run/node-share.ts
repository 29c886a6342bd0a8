/** What part of a node is ours, as far as the batch system or the person says so. */

export interface NodeShare {
  /** How many CPUs. Default: all that the node's agent may use. */
  readonly cpus?: number | undefined;
  /** A person has said so: a quota of CPU time does not make them fewer. */
  readonly exactly?: boolean | undefined;
  /** Slurm's own numbers of these CPUs, where it gives them. */
  readonly slurmCpuIds?: readonly number[] | undefined;
  /** The node's own numbers of the GPUs. Default: none. */
  readonly gpuIds?: readonly number[] | undefined;
  /** In megabytes. Default: what cgroups leave of the machine's. */
  readonly memoryMb?: number | undefined;
}
