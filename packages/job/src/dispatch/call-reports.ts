/** Reports of calls: counts, run times, and the events of single calls. */
import type { RunEvents } from "@hyperion-ts/progress";
import { CallCounts } from "./call-counts.ts";
import { RunTimes } from "./run-times.ts";
import { SlowestCalls } from "./slowest-calls.ts";
import type { Task } from "./task.ts";

/** Hears how calls end, and tells those who want to know. */
export class CallReports {
  readonly counts = new CallCounts();
  /** Those that ran longest, for whoever asks. */
  readonly slowest = new SlowestCalls();
  readonly #runTimes = new RunTimes();
  readonly #events: RunEvents;

  constructor(events: RunEvents) {
    this.#events = events;
  }

  /** A call has been answered, or was lost with its worker, after so long. */
  ended(task: Task, outcome: "done" | "failed" | "lost", runMs: number): void {
    const { functionName, node, attempt } = task;
    this.slowest.add(task, outcome, runMs);
    if (outcome !== "lost") this.#runTimes.add(functionName, runMs);
    if (this.#events.tracing) this.#events.emit({ type: "call-ended", functionName, node, attempt, outcome, runMs });
  }

  /** Its worker holds more memory than its share. */
  overMemory({ functionName, node, attempt, request }: Task, usedMb: number, ends: boolean): void {
    const { memoryMb = 0 } = request.options;
    this.#events.emit({ type: "call-over-memory", functionName, node, attempt, usedMb, memoryMb, ends });
  }

  /** How many calls a worker may hold when `task` is one of them. */
  window(task: Task): number {
    return task.mayBeAhead ? this.#runTimes.window(task.functionName) : 0;
  }
}
