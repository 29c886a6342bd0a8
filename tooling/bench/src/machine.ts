/** Where and when figures were measured: without it they mean nothing. */
import { cpus, loadavg, totalmem } from "node:os";

/** What figures were measured on. */
export interface Machine {
  /** When: an ISO time. */
  readonly date: string;
  /** The version of Node. */
  readonly node: string;
  /** How many CPUs, and of which model. */
  readonly cpus: string;
  /** All of the memory, in gigabytes. */
  readonly memoryGb: number;
  /** The mean number of processes that wanted to run in the last minute, ours included. */
  readonly load: number;
}

/** This machine, now. */
export function thisMachine(): Machine {
  const all = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpus: `${all.length} x ${all[0]?.model.trim() ?? "unknown"}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: loadNow(),
  };
}

/** The mean number of processes that wanted to run in the last minute. */
export const loadNow = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;
