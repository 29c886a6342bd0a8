/** What the kernel says about a process (proc(5)). */
import { readFileSync } from "node:fs";
import { type ProcessEntry, readProcess } from "@hyperion-ts/processes";

/** Memory of a process, in megabytes. */
export interface ProcessMemory {
  /** Private_Dirty: what would be free if it ended. */
  readonly privateMb: number;
  /** VmRSS: with what it shares with others, such as Node's own code. */
  readonly residentMb: number;
}

/** What a process holds of memory now. */
export const memoryOf = (pid: number): ProcessMemory => ({
  privateMb: kilobytes(`/proc/${pid}/smaps_rollup`, "Private_Dirty") / 1_024,
  residentMb: kilobytes(`/proc/${pid}/status`, "VmRSS") / 1_024,
});

/** The process that started it. */
export const parentOf = (pid: number): number => found(pid).parent;

/** Clock ticks are a hundredth of a second on Linux, whatever the kernel's own rate. */
const MS_PER_TICK = 10;

/** The CPU time that it has used so far, in milliseconds, to about 10. */
export const cpuMsOf = (pid: number): number => found(pid).cpuTicks * MS_PER_TICK;

function kilobytes(file: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync(file, "utf8"))?.[1];
  if (found === undefined) throw new Error(`${file} has no line for ${field}`);
  return Number(found);
}

function found(pid: number): ProcessEntry {
  const entry = readProcess(pid);
  if (entry === undefined) throw new Error(`There is no process ${pid}`);
  return entry;
}
