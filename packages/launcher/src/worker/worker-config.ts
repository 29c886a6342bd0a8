/** What a worker is told when it is given its slot. */

export interface WorkerConfig {
  readonly serviceId: string;
  readonly node: string;
  /** How many CPUs a call has, and which, where ids are known. */
  readonly cpuCount: number;
  readonly cpuIds: readonly number[];
  readonly gpuIds: readonly string[];
}
