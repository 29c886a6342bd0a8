/** What else the kernel tells of a process: its command line, its environment, its owner, and the fields of its status. */
import { readFileSync, statSync } from "node:fs";
import { allPids, readIfThere } from "./process-id.ts";

/** The argument vector of a process; empty when it is gone, or a zombie. */
export function argumentsOf(pid: number): readonly string[] {
  const text = readIfThere(`/proc/${pid}/cmdline`);
  // A process that writes over its arguments, as sshd does, may leave no NUL at their end.
  return text === "" ? [] : text.replace(/\0$/, "").split("\0");
}

/**
 * The variables that a process was started with, as `NAME=value`, in latin1: bytes stay what they are. Empty when it is gone,
 * a zombie, or not ours to look at.
 */
export function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return [];
  }
}

/** The value of a field of a process's status, such as `VmRSS` (proc_pid_status(5)); undefined where there is none. `self`: this process. */
export const statusOf = (pid: number | "self", field: string): string | undefined =>
  new RegExp(`^${field}:\\s*(.*)$`, "m").exec(readIfThere(`/proc/${pid}/status`))?.[1];

/** The number that the value of such a field begins with: kB of memory, threads, ids. */
export function statusNumber(pid: number | "self", field: string): number | undefined {
  const text = statusOf(pid, field);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

/** The id of the user whose process it is; undefined when it is gone. */
export const ownerOf = (pid: number): number | undefined => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;

/** The numbers of all processes of a user. */
export const pidsOfUser = (uid: number): readonly number[] => allPids().filter((pid) => ownerOf(pid) === uid);

/** The live processes, this one excepted, that were started with the variable `assignment` (`NAME=value`): also those whose parents are gone. */
export const pidsWith = (assignment: string): readonly number[] =>
  allPids().filter((pid) => pid !== process.pid && environmentOf(pid).includes(assignment));
