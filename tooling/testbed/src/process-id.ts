/** Processes by Linux's /proc (proc(5)), seen from the machine: those in the cluster have numbers here, too. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One process, told apart from a later one of the same number by its start time. */
export interface ProcessId {
  readonly pid: number;
  /** In clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

/** A process that runs (or is a zombie, state `Z`). */
export interface ProcessEntry extends ProcessId {
  readonly parent: number;
  /** Its short name, at most 15 characters. */
  readonly comm: string;
  readonly state: string;
}

/** undefined where there is none of that number. */
export function readProcess(pid: number): ProcessEntry | undefined {
  const text = readOr(`/proc/${pid}/stat`, "");
  // The name in parentheses may hold anything; the fields behind it are numbered from 3.
  const [open, close] = [text.indexOf("("), text.lastIndexOf(")")];
  if (open === -1) return undefined;
  const fields = text.slice(close + 2).split(" ");
  return {
    pid,
    comm: text.slice(open + 1, close),
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    startTime: fields[19] ?? "",
  };
}

/** Zombies have ended. */
export function isAlive({ pid, startTime }: ProcessId): boolean {
  const now = readProcess(pid);
  return now !== undefined && now.startTime === startTime && now.state !== "Z";
}

/** False where the process has ended meanwhile: whoever looks for one and then ends it can't know. */
export function sendSignal(pid: number, signal: NodeJS.Signals | number): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

/** Every process of the machine. */
export const allProcesses = (): readonly ProcessEntry[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);

/** Which process-number namespace it is in, as text to compare (pid_namespaces(7)); "" where it has gone. */
export function pidNamespace(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

/** Its number in the innermost namespace that it is in: what pid files in the cluster have. */
export const innerPid = (pid: number): number =>
  Number(/^NSpid:.*\s(\d+)$/m.exec(readOr(`/proc/${pid}/status`, ""))?.[1]);

/** Whose it is: its real user id. */
export const userIdOf = (pid: number): number => Number(/^Uid:\s+(\d+)/m.exec(readOr(`/proc/${pid}/status`, ""))?.[1]);

export const argumentsOf = (pid: number): readonly string[] =>
  readOr(`/proc/${pid}/cmdline`, "").split("\0").slice(0, -1);

function readOr(file: string, other: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return other;
  }
}
