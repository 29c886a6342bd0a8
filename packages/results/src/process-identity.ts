/**
 * Which process is meant, across reboots and reused process ids: a pid alone is soon somebody
 * else's. Linux says when a process started and which boot this is; elsewhere the pid has to do.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** One process of one boot of one host. Fields that the system does not tell are empty strings. */
export type ProcessIdentity = {
  readonly host: string;
  readonly pid: number;
  /** Clock ticks from boot to the start of the process: field 22 of /proc/PID/stat, see proc_pid_stat(5). */
  readonly startTime: string;
  readonly bootId: string;
  /** Pids are only comparable inside one namespace (containers have their own). */
  readonly pidNamespace: string;
};

/** `elsewhere`: a process of another host or container, of which this one can't know. */
export type ProcessState = "living" | "dead" | "elsewhere";

/** This process. */
export const ownIdentity = (): ProcessIdentity => ({
  host: hostname(),
  pid: process.pid,
  startTime: readStat(process.pid)?.startTime ?? "",
  bootId: readText("/proc/sys/kernel/random/boot_id"),
  pidNamespace: pidNamespace(),
});

/** Whether that process still runs, as far as `here` can tell. */
export const processState = (there: ProcessIdentity, here: ProcessIdentity = ownIdentity()): ProcessState => {
  if (there.bootId !== here.bootId) return there.host === here.host ? "dead" : "elsewhere";
  if (there.bootId === "" && there.host !== here.host) return "elsewhere";
  if (there.pidNamespace !== here.pidNamespace) return "elsewhere";
  return isLiving(there) ? "living" : "dead";
};

const isLiving = ({ pid, startTime }: ProcessIdentity): boolean => {
  if (!pidExists(pid)) return false;
  const stat = readStat(pid);
  if (!stat) return true;
  return stat.state !== "Z" && stat.state !== "X" && (startTime === "" || stat.startTime === startTime);
};

const pidExists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return Error.isError(error) && "code" in error && error.code === "EPERM";
  }
};

type Stat = { readonly state: string; readonly startTime: string };

// The command name, in parentheses, may hold spaces and parentheses itself: fields count from the last one.
const readStat = (pid: number): Stat | undefined => {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  return text === "" || state === undefined || startTime === undefined ? undefined : { state, startTime };
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
};

const pidNamespace = (): string => {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
};
