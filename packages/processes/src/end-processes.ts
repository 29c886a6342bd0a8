/** Ending processes that may start others meanwhile, and waiting for ends, by identity: a number alone is soon somebody else's. */
import { setTimeout as pause } from "node:timers/promises";
import { isAlive, type ProcessId, signalEach } from "./process-id.ts";

/** Gives up after so many rounds. */
const ROUNDS = 100;
const BETWEEN_ROUNDS_MS = 5;
const LOOK_INTERVAL_MS = 20;

/** Kills all that `find` finds, again and again until it finds none: a process that was found may have started another one meanwhile. Gives up after 100 rounds. */
export async function endProcesses(find: () => readonly ProcessId[]): Promise<void> {
  for (let round = 0; round < ROUNDS && signalEach(find(), "SIGKILL") > 0; round++) await pause(BETWEEN_ROUNDS_MS);
}

/** Those of `processes` that still run; a zombie does not. */
export const stillAlive = <P extends ProcessId>(processes: readonly P[]): readonly P[] => processes.filter(isAlive);

/** Waits until all have ended, for `timeoutMs` at most; returns those that have not. */
export async function untilGone<P extends ProcessId>(
  processes: readonly P[],
  timeoutMs: number,
): Promise<readonly P[]> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const alive = stillAlive(processes);
    if (alive.length === 0 || performance.now() > end) return alive;
    await pause(LOOK_INTERVAL_MS);
  }
}
