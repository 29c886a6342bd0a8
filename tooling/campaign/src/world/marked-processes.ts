/** The processes of one round, by a variable that all of them inherit: wherever they hang in the process tree. */
import { readlinkSync } from "node:fs";
import { argumentsOf, hasEnded, pidsWith, readIfThere, readProcess } from "@hyperion-ts/processes";

/** A live process of a round. */
export interface MarkedProcess {
  /** Its process id. */
  readonly pid: number;
  /** The kernel's letter for its state (proc(5)). */
  readonly state: string;
  /** Its command line. */
  readonly argv: readonly string[];
}

/** The live processes that have `mark` (`NAME=value`) in their environment. */
export const markedProcesses = (mark: string): readonly MarkedProcess[] =>
  pidsWith(mark).flatMap((pid) => {
    const found = readProcess(pid);
    return found === undefined || hasEnded(found) ? [] : [{ pid, state: found.state, argv: argumentsOf(pid) }];
  });

/** A process for a person. */
export const showProcess = ({ pid, state, argv }: MarkedProcess): string =>
  `process ${pid} (state ${state}, in ${readIfThere(`/proc/${pid}/wchan`) || "user code"}): ${argv.join(" ").slice(0, 300)}`;

/** What a process is to the program. */
export type Role = "agent" | "worker" | "spare";

/** The processes of a role, in the order of their ids. A spare worker is one that logs into a spare's file. */
export const inRole = (role: Role, processes: readonly MarkedProcess[]): readonly MarkedProcess[] =>
  processes.filter(({ pid, argv }) => {
    if (argv[0]?.endsWith("node") !== true) return false;
    if (role === "agent") return argv.some((arg) => /agent-main\.m?[jt]s$/.test(arg));
    if (!argv.some((arg) => /worker-main\.m?[jt]s$/.test(arg))) return false;
    return role === "worker" || hasSpareLog(pid);
  });

const hasSpareLog = (pid: number): boolean => /\/spare-[^/]*\.log/.test(link(pid));

function link(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/1`);
  } catch {
    return "";
  }
}
