/**
 * Processes as Linux's /proc tells of them (proc_pid_stat(5)): who is there, who has started whom, and whether a number still
 * means the process that it meant. Workers load this file alone, so all that they need of it is here.
 */
import { readdirSync, readFileSync } from "node:fs";

/** One process, told apart from a later one of the same number by its start time. */
export interface ProcessId {
  /** Its number. */
  readonly pid: number;
  /** When it started, in clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

/** A process that runs (or is a zombie, state `Z`). */
export interface ProcessEntry extends ProcessId {
  /** Its short name, at most 15 characters. */
  readonly comm: string;
  /** `R`, `S`, `D`, `T`, `Z`, `X`, ... */
  readonly state: string;
  /** The number of the process that started it, or of the one that took it over. */
  readonly parent: number;
  /** The number of its process group. */
  readonly group: number;
  /** The number of its session. */
  readonly session: number;
  /** How long it has computed, in its own code and in the kernel, in clock ticks: a hundredth of a second on Linux. */
  readonly cpuTicks: number;
  /** The same of its children that have ended and that it has waited for, and of theirs. */
  readonly childTicks: number;
}

/** The process of that number; undefined where there is none, or no /proc. */
export function readProcess(pid: number): ProcessEntry | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything, parentheses too; the fields behind it are numbered from 3.
  const [open, close] = [text.indexOf("("), text.lastIndexOf(")")];
  if (open === -1) return undefined;
  const fields = text.slice(close + 2).split(" ");
  return {
    pid,
    comm: text.slice(open + 1, close),
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    childTicks: Number(fields[13]) + Number(fields[14]),
    startTime: fields[19] ?? "",
  };
}

/** Every process of the machine; none where there is no /proc. */
export const allProcesses = (): readonly ProcessEntry[] => allPids().flatMap((pid) => readProcess(pid) ?? []);

/** The numbers of all processes. */
export function allPids(): readonly number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    // There is no /proc.
    return [];
  }
}

/**
 * All processes below `pid`, children of children included; not `pid` itself. Those whose parents have ended are not found.
 * It looks at all processes of the machine, some 20 µs each: the kernel's own lists of children may leave some out.
 */
export function descendants(pid: number): readonly ProcessEntry[] {
  const byParent = Map.groupBy(allProcesses(), ({ parent }) => parent);
  const below = (parent: number): readonly ProcessEntry[] =>
    (byParent.get(parent) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid);
}

/** Whether the process still runs, and is no later one of the same number. A zombie has ended. */
export function isAlive({ pid, startTime }: ProcessId): boolean {
  const now = readProcess(pid);
  return now !== undefined && now.startTime === startTime && !hasEnded(now);
}

/** Whether it has ended, and only waits for its parent to hear of it. */
export const hasEnded = ({ state }: ProcessEntry): boolean => state === "Z" || state === "X";

/**
 * Sends a signal. False where the process has ended, as it may have since somebody looked.
 *
 * @throws the system's error where this process may not signal it (EPERM)
 */
export function sendSignal(pid: number, signal: NodeJS.Signals | number): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

/** Signals those that still run, under the number that they had, and are ours to signal. Returns how many. */
export const signalEach = (processes: readonly ProcessId[], signal: NodeJS.Signals): number =>
  processes.filter((each) => isAlive(each) && trySignal(each.pid, signal)).length;

/** Sends a signal. False where the process has ended, or runs as another user. */
export function trySignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** What a file of the kernel says; an empty text where it is missing or must not be read. */
export function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
