/**
 * The processes that a program has started, by Linux's /proc: tests look whether all of them are gone,
 * also those in sessions of their own and those whose parent has died.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** One process, told apart from a later one of the same id by its start time. */
export interface ProcessId {
  readonly pid: number;
  /** In clock ticks since boot: field 22 of /proc/PID/stat (proc(5)). */
  readonly startTime: string;
}

interface Stat extends ProcessId {
  readonly parent: number;
  readonly state: string;
}

/** All processes below `pid`, children of children included; not `pid` itself. */
export function descendants(pid: number): ProcessId[] {
  const byParent = Map.groupBy(allProcesses(), ({ parent }) => parent);
  const below = (parent: number): Stat[] =>
    (byParent.get(parent) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid).map(({ pid, startTime }) => ({ pid, startTime }));
}

/** Those that still run; a zombie does not. */
export const stillAlive = (processes: readonly ProcessId[]): ProcessId[] =>
  processes.filter(({ pid, startTime }) => {
    const now = readStat(pid);
    return now !== undefined && now.startTime === startTime && now.state !== "Z";
  });

/** Waits until all are gone, at most `timeoutMs`; returns those that are not. */
export async function untilGone(processes: readonly ProcessId[], timeoutMs: number): Promise<ProcessId[]> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const alive = stillAlive(processes);
    if (alive.length === 0 || performance.now() > end) return alive;
    await sleep(20);
  }
}

const allProcesses = (): Stat[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; the fields behind it are numbered from 3.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { pid, state: fields[0] ?? "", parent: Number(fields[1]), startTime: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}
