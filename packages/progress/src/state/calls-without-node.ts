/** The calls that failed because no node is left. They fail together, and are told together. Pure. */
import type { RunEvent } from "../events/run-event.ts";

/** The calls of a run that no node was left for, so far. */
export interface CallsWithoutNode {
  /** How many there are of each function. */
  readonly calls: ReadonlyMap<string, number>;
  /** Whether they were told of. Later ones are only counted. */
  readonly areTold: boolean;
}

/** Before the first of them. */
export const NO_CALLS_WITHOUT_NODE: CallsWithoutNode = { calls: new Map(), areTold: false };

/** With an event: the counts come when all that waited have failed. */
export function nextCallsWithoutNode(before: CallsWithoutNode, event: RunEvent): CallsWithoutNode {
  switch (event.type) {
    case "call-failed": {
      if (!isWithoutNode(event)) return before;
      const calls = (before.calls.get(event.functionName) ?? 0) + 1;
      return { ...before, calls: new Map(before.calls).set(event.functionName, calls) };
    }
    case "counts":
    case "run-ended":
      return before.calls.size > 0 && !before.areTold ? { ...before, areTold: true } : before;
    default:
      return before;
  }
}

/** Whether a call failed for that reason. */
export const isWithoutNode = ({ reason }: Extract<RunEvent, { type: "call-failed" }>): boolean => reason === "no-node";
