/** Which processes are alive: those below a process, and those that carry a mark in their environment. */
import {
  argumentsOf,
  descendants,
  hasEnded,
  pidsWith,
  type ProcessEntry,
  readProcess,
  statusOf,
} from "@hyperion-ts/processes";

export interface LiveProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly command: string;
}

/** All descendants of `pid` that are alive; zombies are not. */
export const liveProcessesBelow = (pid: number): readonly LiveProcess[] => descendants(pid).flatMap(living);

/** All live processes that were started with this `name=value`, also those whose parents are gone. */
export const liveProcessesMarked = (variable: string): readonly LiveProcess[] =>
  pidsWith(variable).flatMap((pid) => liveProcess(pid) ?? []);

export const liveProcess = (pid: number): LiveProcess | undefined => living(readProcess(pid))[0];

export const isAlive = (pid: number): boolean => liveProcess(pid) !== undefined;

/** The CPUs that the kernel lets a process use, as a list such as `0-3,8`. */
export const allowedCpuList = (pid: number): string => statusOf(pid, "Cpus_allowed_list") ?? "";

function living(entry: ProcessEntry | undefined): readonly LiveProcess[] {
  if (entry === undefined || hasEnded(entry)) return [];
  const { pid, parent, group, session } = entry;
  return [{ pid, parent, group, session, command: argumentsOf(pid).join(" ").trim() }];
}
