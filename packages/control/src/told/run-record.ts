/**
 * What is kept of a run's events, so that a question about it is answered at once: the state that the display has, too
 * (`nextRunState`), and beside it the workers that live and the calls that failed last. The same for a run that is going on and
 * for the log of one that has ended. What comes by the ten thousand (single calls) is not kept.
 */
import { nextRunState, NO_RUN, type RunEvent, type RunState, type StampedEvent } from "@hyperion-ts/progress";
import type { FailureReport, WorkerReport } from "./control-answers.ts";

/** So many calls that failed are kept: the last ones. */
const MAX_FAILURES = 1_000;

/** The record of one run. Times are those of its events, in milliseconds since 1970. */
export class RunRecord {
  readonly #workers = new Map<string, WorkerReport>();
  #state: RunState = NO_RUN;
  #workersStarted = 0;
  #failures: FailureReport[] = [];
  #failed = 0;
  #lastMs = 0;

  /** Takes an event in. */
  add({ at, event }: StampedEvent): void {
    this.#lastMs = at.getTime();
    this.#state = nextRunState(this.#state, event, this.#lastMs);
    switch (event.type) {
      case "worker-started":
        return this.#started(event);
      case "worker-ended":
        return void this.#workers.delete(event.serviceId);
      case "node-lost":
        return this.#lost(event.node);
      case "call-failed":
        return this.#failedCall(event, at);
      default:
        return;
    }
  }

  /** The run's state, as a display has it. */
  get state(): RunState {
    return this.#state;
  }

  /** The workers that live, the oldest first. */
  get workers(): Iterable<WorkerReport> {
    return this.#workers.values();
  }

  /** How many workers live, and have lived. */
  get workerCounts(): { readonly living: number; readonly started: number } {
    return { living: this.#workers.size, started: this.#workersStarted };
  }

  /** The calls that failed last, the oldest first. */
  get failures(): readonly FailureReport[] {
    return this.#failures;
  }

  /** How many calls have failed. */
  get failed(): number {
    return this.#failed;
  }

  /** When the last event came. */
  get lastMs(): number {
    return this.#lastMs;
  }

  #started({ serviceId: id, node, pid, cpuIds, logFile }: Extract<RunEvent, { type: "worker-started" }>): void {
    this.#workersStarted += 1;
    this.#workers.set(id, { id, node, pid, cpuIds, logFile });
  }

  #lost(node: string): void {
    for (const worker of this.#workers.values()) if (worker.node === node) this.#workers.delete(worker.id);
  }

  #failedCall(event: Extract<RunEvent, { type: "call-failed" }>, at: Date): void {
    const { functionName, node, attempt, reason, message } = event;
    this.#failed += 1;
    const failure = { id: `f${this.#failed}`, at: at.toISOString(), functionName, node, attempt, reason, message };
    this.#failures.push(failure);
    // Seldom, and then many at once: each removal moves all others.
    if (this.#failures.length >= 2 * MAX_FAILURES) this.#failures = this.#failures.slice(-MAX_FAILURES);
  }
}
