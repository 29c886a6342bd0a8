/** Tells a run's listeners, once a second and at its turning points, how many calls wait, run and are done, and what else is told together. */
import type { CallWaitReason, FunctionCounts, RunEvent, RunEvents } from "@hyperion-ts/progress";
import type { LeftCalls } from "./interruption.ts";

const INTERVAL_MS = 1_000;

/** Who makes calls, and knows what has become of them. */
export interface CountedWork {
  /** How many calls of each function there were, by what has become of them. */
  counts(): readonly FunctionCounts[];
  /** What the first of the waiting calls waits for. */
  whyWaiting(): CallWaitReason | null;
  /** Events that are told together, since they were asked for last. */
  news(): readonly RunEvent[];
}

/** The counts of one run, and who tells them. */
export class CountsReport implements Disposable {
  readonly #events: RunEvents;
  #work: CountedWork | undefined;
  #timer: NodeJS.Timeout | undefined;
  #remembered = 0;
  #removed = 0;
  #last = "";

  constructor(events: RunEvents) {
    this.#events = events;
  }

  /** From now on there are calls: those of `work`. */
  begin(work: CountedWork): void {
    this.#work = work;
    this.#timer = setInterval(() => this.emit(), INTERVAL_MS);
  }

  /** A result was found in the database, and its call is not made. */
  remembered(): void {
    this.#remembered += 1;
  }

  /** So many results were removed from the database. */
  removed(results: number): void {
    this.#removed += results;
  }

  /** Tells the news, and the counts, unless they are those that were told last. */
  emit(): void {
    if (this.#work === undefined) return;
    for (const event of this.#work.news()) this.#events.emit(event);
    const event = {
      type: "counts",
      functions: this.#work.counts(),
      remembered: this.#remembered,
      removed: this.#removed,
      waitingFor: this.#work.whyWaiting(),
    } as const;
    const counts = JSON.stringify(event);
    if (counts === this.#last) return;
    this.#last = counts;
    this.#events.emit(event);
  }

  /** What is open now, over all functions. */
  left(): LeftCalls {
    const left = { done: 0, running: 0, waiting: 0 };
    for (const { done, running, loading, waiting } of this.#work?.counts() ?? []) {
      left.done += done;
      left.running += running + loading;
      left.waiting += waiting;
    }
    return left;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
