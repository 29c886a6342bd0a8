/**
 * How an agent and a worker wait for what comes next while calls come one at a time, each soon after the last one's
 * answer: they turn their event loop instead of sleeping, for a moment. To wake a CPU that sleeps takes longer than all
 * else on a call's way (50 of the 100 µs of a round trip between two processes on a virtual machine, measured).
 *
 * In each turn others who wait for this CPU run first. Whether polling pays all the same depends on how many there are: so
 * it is tried, and goes on as long as it makes the waits shorter.
 */
import { schedYield } from "./sched-yield.ts";

/** The longest time of a wait that is polled through, in milliseconds. */
export const MAX_POLL_MS = 0.4;
/** Where waits take longer than this, asleep, polling is not tried. */
const MAX_TRIED_MS = 1.5 * MAX_POLL_MS;
/** A longer wait counts as this long, so that a single pause says little. */
const MAX_COUNTED_MS = 2 * MAX_POLL_MS;
/** How many waits in a row are passed in the same way. */
const ROUND = 32;
/** One of so many rounds is passed in the other way, to see whether that is better by now. */
const ROUNDS_UNTIL_TRY = 32;

/** The waits of one process. */
export class Polling {
  readonly #load: typeof schedYield;
  /** Loaded when it is needed first: most processes have longer calls. */
  #yieldCpu: ReturnType<typeof schedYield> | undefined;
  #waiting = false;
  #sinceMs = 0;
  #scheduled = false;
  /** Whether the waits of this round are polled through. */
  #polls = false;
  #polledBefore = true;
  #left = ROUND;
  #sumMs = 0;
  #rounds = 0;
  /** How long a wait takes, each way. */
  #asleepMs = 0;
  #polledMs = 0;

  /** `load` is for tests. */
  constructor(load = schedYield) {
    this.#load = load;
  }

  /** Nothing is left to do: a wait begins. */
  idle(): void {
    this.#waiting = true;
    this.#sinceMs = performance.now();
    if (this.#polls) this.#schedule();
  }

  /** Something has come: the wait, if there was one, is over. */
  called(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#sumMs += Math.min(MAX_COUNTED_MS, performance.now() - this.#sinceMs);
    this.#left -= 1;
    if (this.#left === 0) this.#nextRound();
  }

  #nextRound(): void {
    const meanMs = this.#sumMs / ROUND;
    // What was measured before rounds of the other kind says nothing any more.
    const again = this.#polls === this.#polledBefore;
    this.#polledBefore = this.#polls;
    if (this.#polls) this.#polledMs = again ? average(this.#polledMs, meanMs) : meanMs;
    else this.#asleepMs = again ? average(this.#asleepMs, meanMs) : meanMs;
    this.#rounds += 1;
    const better = this.#polledMs < this.#asleepMs;
    const tries = this.#rounds % ROUNDS_UNTIL_TRY === 0;
    this.#polls = this.#yieldCpu !== null && this.#asleepMs < MAX_TRIED_MS && better !== tries;
    this.#left = ROUND;
    this.#sumMs = 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (!this.#waiting || performance.now() - this.#sinceMs > MAX_POLL_MS) return;
    if (this.#yieldCpu === undefined) this.#yieldCpu = this.#load();
    if (this.#yieldCpu === null) return;
    this.#yieldCpu();
    this.#schedule();
  };
}

/** A moving average of what was measured before and what is measured now. */
const average = (before: number, now: number): number => (3 * before + now) / 4;
