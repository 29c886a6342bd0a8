/** What calls, workers and nodes cost: the answers of `/slowest` and `/usage`, see control-answers.ts. */

/** An attempt at a call that ran, and has ended. */
export interface EndedCall {
  /** Names it in this run: `"17"`. */
  readonly id: string;
  /** When it ended: ISO 8601. */
  readonly at: string;
  /** The name that `defineRemote` was given. */
  readonly functionName: string;
  /** How: `lost`: with its worker, or its node. */
  readonly outcome: "done" | "failed" | "lost";
  /** So long the function ran. */
  readonly seconds: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** How many CPUs it had. */
  readonly cpus: number;
  /** Where it ran. */
  readonly node: string;
  /** What it was called with, in a few characters. */
  readonly input: string | null;
}

/** What a worker uses at a moment, with all processes that its calls have started. */
export interface WorkerUsage {
  /** As in `WorkerReport`; null of one that has only just begun. */
  readonly id: string | null;
  /** The process on its node. */
  readonly pid: number;
  /** Ids of the node. */
  readonly cpuIds: readonly number[];
  /** CPU time since it began. How busy it is follows from two answers. */
  readonly cpuSeconds: number;
  /** Resident memory, in megabytes. */
  readonly memoryMb: number;
  /** How many processes they are, the worker among them. */
  readonly processes: number;
  /** The call that it runs; null: it runs none. */
  readonly call: string | null;
  /** The function of that call. */
  readonly functionName: string | null;
}

/** What a node uses at a moment, and its workers. */
export interface NodeUsage {
  /** Its name. */
  readonly node: string;
  /** When it looked, on a clock of its own that only goes forward. */
  readonly atSeconds: number;
  /** CPU time of all that runs on the machine, the run's or not, since the machine began. */
  readonly busySeconds: number;
  /** How many CPUs of the machine are online. */
  readonly onlineCpus: number;
  /** The machine's memory, in megabytes. */
  readonly memoryMb: number;
  /** What of it programs can still have, in megabytes. */
  readonly freeMemoryMb: number;
  /** The workers that live there. */
  readonly workers: readonly WorkerUsage[];
}

/** What the workers of a run use. */
export interface UsageReport {
  /** The nodes that have answered. */
  readonly nodes: readonly NodeUsage[];
  /** The nodes that have not, within a while, or have no agent yet. */
  readonly silent: readonly string[];
}
