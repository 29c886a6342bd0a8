/** The calls that take longest: those that run, and those that have ended. */
import type { CallReport, EndedCall, RunView } from "@hyperion-ts/control";

/** A call that runs, or has ended. */
export interface SlowCall extends Omit<EndedCall, "at" | "outcome" | "attempt"> {
  /** When it ended: ISO 8601; null: it runs. */
  readonly at: string | null;
  readonly outcome: EndedCall["outcome"] | "running";
  readonly attempt: number | null;
}

/** Those that run come first in a list. */
const MOST_RUNNING = 10_000;

/** The slowest `most`, the slowest first. @throws ControlError `not-running` where the run has ended: it keeps them, and its log does not. */
export async function slowestCalls(view: RunView, most: number): Promise<readonly SlowCall[]> {
  const ended = await view.slowest(most);
  const { calls } = await view.calls(Math.max(most, (await view.report()).workers.living, 1));
  const running = calls.slice(0, MOST_RUNNING).filter(({ stage }) => stage === "running" || stage === "ending");
  return [...ended, ...running.map(asSlow)].toSorted((a, b) => b.seconds - a.seconds).slice(0, most);
}

const asSlow = ({ id, functionName, forSeconds, attempt, cpus, node, input }: CallReport): SlowCall => ({
  id,
  at: null,
  functionName,
  outcome: "running",
  seconds: forSeconds,
  attempt,
  cpus,
  node: node ?? "",
  input,
});
