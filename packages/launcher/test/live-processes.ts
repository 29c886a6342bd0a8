/** Which processes are alive, from proc(5): those below a process, and those that carry a mark in their environment. */
import { readdirSync, readFileSync } from "node:fs";

export interface LiveProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly command: string;
}

/** All descendants of `pid` that are alive; zombies are not. */
export function liveProcessesBelow(pid: number): readonly LiveProcess[] {
  const all = liveProcesses();
  const below = (parent: number): readonly LiveProcess[] =>
    all.filter((process) => process.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid);
}

/** All live processes that were started with this `name=value`, also those whose parents are gone. */
export function liveProcessesMarked(variable: string): readonly LiveProcess[] {
  return liveProcesses().filter(({ pid }) => readProc(`${pid}/environ`).split("\0").includes(variable));
}

export function liveProcess(pid: number): LiveProcess | undefined {
  const stat = readProc(`${pid}/stat`);
  // The name of the command is in parentheses, and may have some in it.
  const [state, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || state === "" || state === "Z" || state === "X") return undefined;
  const command = readProc(`${pid}/cmdline`).replaceAll("\0", " ").trim();
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), command };
}

export const isAlive = (pid: number): boolean => liveProcess(pid) !== undefined;

/** The CPUs that the kernel lets a process use, as a list such as `0-3,8`. */
export const allowedCpuList = (pid: number): string =>
  /^Cpus_allowed_list:\s*(\S+)$/mu.exec(readProc(`${pid}/status`))?.[1] ?? "";

function liveProcesses(): readonly LiveProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => liveProcess(Number(name)) ?? []);
}

/** Empty when the process is gone, or not ours. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}
