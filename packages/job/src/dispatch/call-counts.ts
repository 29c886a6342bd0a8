/** Counts of calls by function: two additions a call; everything else is worked out when somebody looks. */
import type { FunctionCounts } from "../events/run-event.ts";
import type { TaskOutcome } from "./task.ts";

interface Counter {
  launched: number;
  readonly ended: Record<TaskOutcome, number>;
}

export class CallCounts {
  readonly #counters = new Map<string, Counter>();

  launched(functionName: string): void {
    this.#counter(functionName).launched += 1;
  }

  ended(functionName: string, outcome: TaskOutcome): void {
    this.#counter(functionName).ended[outcome] += 1;
  }

  /** `running` names the function of each call that runs now. */
  snapshot(running: Iterable<string>): FunctionCounts[] {
    const runningByName = Map.groupBy(running, (name) => name);
    return [...this.#counters].map(([name, { launched, ended }]) => {
      const here = launched - ended.done - ended.failed - ended.lost - ended.cancelled - ended.unused;
      const runningHere = Math.min(here, runningByName.get(name)?.length ?? 0);
      return { name, waiting: here - runningHere, running: runningHere, done: ended.done, failed: ended.failed, cancelled: ended.cancelled, retried: ended.lost };
    });
  }

  #counter(name: string): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined) this.#counters.set(name, (counter = { launched: 0, ended: { done: 0, failed: 0, lost: 0, cancelled: 0, unused: 0 } }));
    return counter;
  }
}
