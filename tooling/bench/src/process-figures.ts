/** What the kernel says about a process (proc(5)). */
import { readFileSync } from "node:fs";

/** Memory of a process, in megabytes. */
export interface ProcessMemory {
  /** Private_Dirty: what would be free if it ended. */
  readonly privateMb: number;
  /** VmRSS: with what it shares with others, such as Node's own code. */
  readonly residentMb: number;
}

export function memoryOf(pid: number): ProcessMemory {
  return {
    privateMb: kilobytes(`/proc/${pid}/smaps_rollup`, "Private_Dirty") / 1_024,
    residentMb: kilobytes(`/proc/${pid}/status`, "VmRSS") / 1_024,
  };
}

/** The process that started it. */
export const parentOf = (pid: number): number => Number(statOf(pid)[1]);

/** Clock ticks are a hundredth of a second on Linux, whatever the kernel's own rate. */
const MS_PER_TICK = 10;

/** The CPU time that it has used so far, in milliseconds, to about 10. */
export function cpuMsOf(pid: number): number {
  const stat = statOf(pid);
  return (Number(stat[11]) + Number(stat[12])) * MS_PER_TICK;
}

function kilobytes(file: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync(file, "utf8"))?.[1];
  if (found === undefined) throw new Error(`${file} has no line for ${field}`);
  return Number(found);
}

/** The fields behind the command, which may have spaces in it: the state is the first. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}
