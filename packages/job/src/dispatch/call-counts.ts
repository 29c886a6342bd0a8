/** Counts of calls by function: a few additions a call; everything else is worked out when somebody looks. */
import type { FunctionCounts } from "@hyperion-ts/progress";
import type { InputTally } from "../concurrent/input-tally.ts";
import type { TaskOutcome } from "./call-state.ts";

interface Counter {
  launched: number;
  readonly ended: Record<TaskOutcome, number>;
  /** Expected of inputs, and never made. */
  dropped: number;
  /** Whether there were more inputs than anybody knows. */
  uncounted: boolean;
}

/** The functions of calls that run, and of those whose worker imports the module: a name for each call. */
export interface AtWork {
  /** Those of calls that run. */
  readonly running: readonly string[];
  /** Those of calls whose worker imports the module. */
  readonly loading: readonly string[];
}

/** How many calls of each function were made, and how they ended. */
export class CallCounts {
  readonly #counters = new Map<string, Counter>();
  /** The groups whose members have made calls. */
  readonly #tallies = new Set<InputTally>();
  #numbered = 0;

  /** A number that no other attempt at a call has, from 1 on. */
  nextNumber(): number {
    return (this.#numbered += 1);
  }

  /** A call is wanted. */
  launched(functionName: string, tally?: InputTally): void {
    this.#counter(functionName).launched += 1;
    if (tally?.launched(functionName) === true) this.#tallies.add(tally);
  }

  /** A call is over. */
  ended(functionName: string, outcome: TaskOutcome, tally?: InputTally): void {
    this.#counter(functionName).ended[outcome] += 1;
    tally?.ended(functionName, outcome === "lost" || outcome === "unused");
  }

  /** The counts, while `now` is what workers do. */
  snapshot(now: AtWork): FunctionCounts[] {
    const runningNow = numbersOf(now.running);
    const loadingNow = numbersOf(now.loading);
    const toCome = this.#toCome();
    return [...this.#counters].map(([name, { launched, ended, dropped, uncounted }]) => {
      const here = launched - ended.done - ended.failed - ended.lost - ended.cancelled - ended.unused;
      const loadingHere = Math.min(here, loadingNow.get(name) ?? 0);
      const runningHere = Math.min(here - loadingHere, runningNow.get(name) ?? 0);
      const expected = toCome.get(name);
      return {
        name,
        waiting: here - runningHere - loadingHere,
        loading: loadingHere,
        running: runningHere,
        done: ended.done,
        failed: ended.failed,
        cancelled: ended.cancelled + dropped,
        retried: ended.lost,
        toCome: uncounted || expected === null ? null : (expected ?? 0),
      };
    });
  }

  /** What the groups expect, by function; those that have ended are not asked again. */
  #toCome(): ReadonlyMap<string, number | null> {
    const sums = new Map<string, number | null>();
    for (const tally of this.#tallies) {
      for (const { functionName, count } of tally.toCome()) {
        const before = sums.get(functionName) ?? (sums.has(functionName) ? null : 0);
        if (tally.phase === "dropped") this.#drop(functionName, count);
        else sums.set(functionName, before === null || count === null ? null : before + count);
      }
      if (tally.phase !== "open") this.#tallies.delete(tally);
    }
    return sums;
  }

  #drop(functionName: string, count: number | null): void {
    const counter = this.#counter(functionName);
    if (count === null) counter.uncounted = true;
    else counter.dropped += count;
  }

  #counter(name: string): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined)
      this.#counters.set(
        name,
        (counter = {
          launched: 0,
          ended: { done: 0, failed: 0, lost: 0, cancelled: 0, unused: 0 },
          dropped: 0,
          uncounted: false,
        }),
      );
    return counter;
  }
}

/** How often each name is among them. */
function numbersOf(names: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const name of names) numbers.set(name, (numbers.get(name) ?? 0) + 1);
  return numbers;
}
