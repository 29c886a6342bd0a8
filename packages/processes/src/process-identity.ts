/**
 * Which process is meant, across reboots and reused process ids: a pid alone is soon somebody
 * else's. Linux says when a process started and which boot this is; elsewhere the pid has to do.
 */
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { hasEnded, readIfThere, readProcess } from "./process-id.ts";

/** One process of one boot of one host. Fields that the system does not tell are empty strings. */
export interface ProcessIdentity {
  /** The name of the host. */
  readonly host: string;
  /** Its number. */
  readonly pid: number;
  /** Clock ticks from boot to the start of the process: field 22 of /proc/PID/stat, see proc_pid_stat(5). */
  readonly startTime: string;
  /** The kernel's random id of this boot (/proc/sys/kernel/random/boot_id). */
  readonly bootId: string;
  /** Pids are only comparable inside one namespace (containers have their own). */
  readonly pidNamespace: string;
}

/** `elsewhere`: a process of another host or container, of which this one can't know. */
export type ProcessState = "living" | "dead" | "elsewhere";

/** This process. */
export const ownIdentity = (): ProcessIdentity => ({
  host: hostname(),
  pid: process.pid,
  startTime: readProcess(process.pid)?.startTime ?? "",
  bootId: readIfThere("/proc/sys/kernel/random/boot_id").trim(),
  pidNamespace: pidNamespace("self"),
});

/** Whether that process still runs, as far as `here` can tell. */
export function processState(there: ProcessIdentity, here: ProcessIdentity = ownIdentity()): ProcessState {
  if (there.bootId !== here.bootId) return there.host === here.host ? "dead" : "elsewhere";
  if (there.bootId === "" && there.host !== here.host) return "elsewhere";
  if (there.pidNamespace !== here.pidNamespace) return "elsewhere";
  return isLiving(there) ? "living" : "dead";
}

function isLiving({ pid, startTime }: ProcessIdentity): boolean {
  if (!pidExists(pid)) return false;
  const now = readProcess(pid);
  return now === undefined || (!hasEnded(now) && (startTime === "" || now.startTime === startTime));
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return Error.isError(error) && "code" in error && error.code === "EPERM";
  }
}

/** Which namespace of process numbers it is in, as text to compare (pid_namespaces(7)); empty where it is gone, or not ours to look at. */
export function pidNamespace(pid: number | "self"): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}
