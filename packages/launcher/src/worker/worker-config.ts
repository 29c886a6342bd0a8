/** What a worker is told on its command line. Nothing in it is secret: argument lists can be read by strangers. */

export interface WorkerConfig {
  readonly serviceId: string;
  readonly node: string;
  /** How many CPUs a call has, and which, where ids are known. */
  readonly cpuCount: number;
  readonly cpuIds: readonly number[];
  readonly gpuIds: readonly number[];
  /** Where compiled code is kept between starts of workers; null: nowhere. */
  readonly compileCache: string | null;
}
