/** What tests of sessions have in common: waiting, failing, and the processes that they have started. */
import { argumentsOf, descendants, hasEnded, type ProcessId } from "@hyperion-ts/processes";

/** How long a condition may take to come true; generous, because it is a limit and not a claim. */
export const PATIENCE = { timeout: 60_000, interval: 10 } as const;

/** All descendants of `pid` that are alive; zombies are not. */
export const aliveBelow = (pid: number): readonly ProcessId[] => descendants(pid).filter((each) => !hasEnded(each));

/** Their command lines. */
export const commandsBelow = (pid: number): readonly string[] =>
  aliveBelow(pid).map((each) => argumentsOf(each.pid).join(" "));

/** What was thrown or rejected. Fails when nothing was. */
export async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("Expected a rejection");
}
