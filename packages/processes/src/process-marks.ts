/**
 * Marks by which everything that a process has started is found again, wherever it hangs in the process tree, and
 * whichever session it is in: a variable that children inherit, with the marks of all that they belong to.
 * A process that clears its environment, or writes over it, is not found; nor is any where there is no /proc.
 */
import { randomBytes } from "node:crypto";
import { endProcesses } from "./end-processes.ts";
import { type ProcessId, readProcess, signalEach } from "./process-id.ts";
import { environmentOf, pidsOfUser } from "./process-status.ts";

/** The variable; a guard's shell reads it too (guarded-command.ts). */
export const MARK_VARIABLE = "HYPERION_BELONGS_TO";

/** A new mark: 72 random bits, as text. */
export const newMark = (): string => randomBytes(9).toString("base64url");

/** The variable for a process that gets this mark, beside those that this process has. */
export const markVariable = (mark: string): Record<string, string> => ({
  [MARK_VARIABLE]: [process.env[MARK_VARIABLE] ?? "", mark].filter((each) => each !== "").join(":"),
});

/** Kills all that bear one of these marks, this process excepted, and those that they start meanwhile. */
export const endMarked = (marks: ReadonlySet<string>): Promise<void> => endProcesses(() => markedProcesses(marks));

/** One round of `endMarked`; returns how many it found. Takes some 80 µs for each process of this user, and 5 for each of another. */
export const killMarked = (marks: ReadonlySet<string>): number => signalEach(markedProcesses(marks), "SIGKILL");

function markedProcesses(marks: ReadonlySet<string>): readonly ProcessId[] {
  const uid = process.getuid?.();
  if (marks.size === 0 || uid === undefined) return [];
  return pidsOfUser(uid)
    .filter((pid) => pid !== process.pid && marksOf(pid).some((mark) => marks.has(mark)))
    .flatMap((pid) => readProcess(pid) ?? []);
}

function marksOf(pid: number): readonly string[] {
  const variable = environmentOf(pid).find((each) => each.startsWith(`${MARK_VARIABLE}=`));
  return variable === undefined ? [] : variable.slice(MARK_VARIABLE.length + 1).split(":");
}
