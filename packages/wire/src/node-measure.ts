/** What a node and its workers use at a moment, as the node's agent measures it when somebody asks. */

/** What a worker uses, with all processes that its calls have started. */
export interface WorkerMeasure {
  /** The worker's process id. */
  readonly pid: number;
  /** CPU time since it began, in milliseconds, that of its processes which have ended and were waited for among it. */
  readonly cpuMs: number;
  /** Resident memory, in megabytes. What processes share counts for each. */
  readonly memoryMb: number;
  /** How many processes they are, the worker among them. */
  readonly processes: number;
}

/** What a node uses, and its workers. */
export interface NodeMeasure {
  /** When, on a clock of the node that only goes forward, in milliseconds. */
  readonly atMs: number;
  /** CPU time of all that runs on the machine, ours or not, since it began, in milliseconds. */
  readonly busyMs: number;
  /** How many CPUs of the machine are online. */
  readonly onlineCpus: number;
  /** The machine's memory. */
  readonly memoryMb: number;
  /** What of it programs can still have. */
  readonly freeMemoryMb: number;
  /** The workers that live. */
  readonly workers: readonly WorkerMeasure[];
}
