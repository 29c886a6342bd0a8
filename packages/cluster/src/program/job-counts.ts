/** How many calls of each job there are, by what has become of them: for whoever shows the run. */
import type { FunctionCounts, LeftCalls } from "@hyperion-ts/job";

type State = "waiting" | "running" | "done" | "failed" | "cancelled";

/** Where a call is. Disposing of it without an end counts it as cancelled. */
export interface CountedJob extends Disposable {
  is(state: State): void;
  /** It is submitted again. */
  retried(): void;
}

/** The counts of one run of a program. */
export class JobCounts {
  readonly #jobs = new Map<string, Record<State | "retried", number>>();

  /** A call of the job `name`, which waits at first. */
  begin(name: string): CountedJob {
    const counts = this.#of(name);
    let now: State = "waiting";
    counts.waiting += 1;
    const is = (state: State): void => {
      counts[now] -= 1;
      counts[state] += 1;
      now = state;
    };
    const retried = (): void => void (counts.retried += 1);
    return { is, retried, [Symbol.dispose]: () => void ((now === "waiting" || now === "running") && is("cancelled")) };
  }

  snapshot(): readonly FunctionCounts[] {
    return [...this.#jobs].map(([name, counts]) => ({ name, loading: 0, toCome: 0, ...counts }));
  }

  /** What a program that ends now leaves. */
  left(): LeftCalls {
    const left = { done: 0, running: 0, waiting: 0 };
    for (const { done, running, waiting } of this.#jobs.values()) {
      left.done += done;
      left.running += running;
      left.waiting += waiting;
    }
    return left;
  }

  #of(name: string): Record<State | "retried", number> {
    const known = this.#jobs.get(name);
    if (known !== undefined) return known;
    const counts = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0, retried: 0 };
    this.#jobs.set(name, counts);
    return counts;
  }
}
