/** Processes that run, with what they were started as: what a person, or a test, asks for. */
import { descendants, hasEnded, type ProcessEntry, readProcess } from "./process-id.ts";
import { argumentsOf, pidsWith } from "./process-status.ts";

/** A process that runs: no zombie. Nothing that changes while it computes, so that two looks can be compared. */
export interface LiveProcess extends Omit<ProcessEntry, "comm" | "state" | "cpuTicks" | "childTicks"> {
  /** Its program and arguments, with spaces between them. */
  readonly command: string;
}

/** The process of that number; undefined where none runs. */
export const liveProcess = (pid: number): LiveProcess | undefined => living(readProcess(pid))[0];

/** All descendants of `pid` that run. */
export const liveProcessesBelow = (pid: number): readonly LiveProcess[] => descendants(pid).flatMap(living);

/** All that run and were started with the variable `assignment` (`NAME=value`), this process excepted; also those whose parents are gone. */
export const liveProcessesWith = (assignment: string): readonly LiveProcess[] =>
  pidsWith(assignment).flatMap((pid) => liveProcess(pid) ?? []);

function living(entry: ProcessEntry | undefined): readonly LiveProcess[] {
  if (entry === undefined || hasEnded(entry)) return [];
  const { pid, startTime, parent, group, session } = entry;
  return [{ pid, startTime, parent, group, session, command: argumentsOf(pid).join(" ").trim() }];
}
