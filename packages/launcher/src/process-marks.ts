/**
 * Marks by which everything that a process has started is found again, wherever it hangs in the process tree, and
 * whichever session it is in: a variable that children inherit, with the marks of all that they belong to.
 * Who clears its environment, or writes over it, is not found; nor is anyone where there is no /proc.
 */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const VARIABLE = "HYPERION_BELONGS_TO";
const ROUNDS = 100;
const BETWEEN_ROUNDS_MS = 5;

/** 72 random bits. */
export const newMark = (): string => randomBytes(9).toString("base64url");

/** The variable for a process that gets this mark, beside those that this process has. */
export const markVariable = (mark: string): Record<string, string> => ({
  [VARIABLE]: [process.env[VARIABLE] ?? "", mark].filter((each) => each !== "").join(":"),
});

/** Kills all that bear one of these marks, this process excepted, and those that they start meanwhile. */
export async function endMarked(marks: ReadonlySet<string>): Promise<void> {
  for (let round = 0; round < ROUNDS && killMarked(marks) > 0; round++) await pause(BETWEEN_ROUNDS_MS);
}

/** One round of it; returns how many it found. Takes some 80 µs for each process of this user, and 5 for each of another. */
export function killMarked(marks: ReadonlySet<string>): number {
  if (marks.size === 0) return 0;
  const found = ownProcesses().filter((pid) => marksOf(pid).some((mark) => marks.has(mark)) && killed(pid));
  return found.length;
}

function ownProcesses(): readonly number[] {
  const uid = process.getuid?.();
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && statSync(`/proc/${name}`, { throwIfNoEntry: false })?.uid === uid)
      .map(Number)
      .filter((pid) => pid !== process.pid);
  } catch {
    // There is no /proc.
    return [];
  }
}

function marksOf(pid: number): readonly string[] {
  const variable = environmentOf(pid).find((each) => each.startsWith(`${VARIABLE}=`));
  return variable === undefined ? [] : variable.slice(VARIABLE.length + 1).split(":");
}

/** Empty when the process is gone, or waits for its parent to hear of it. */
function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return [];
  }
}

/** Right behind the look at its environment: no time for the number to become another process's. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}
