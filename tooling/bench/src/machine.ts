/** Where and when figures were measured: without it they mean nothing. */
import { cpus, loadavg, totalmem } from "node:os";

export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly cpus: string;
  readonly memoryGb: number;
  /** The mean number of processes that wanted to run in the last minute, ours included. */
  readonly load: number;
}

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

export const loadNow = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;
