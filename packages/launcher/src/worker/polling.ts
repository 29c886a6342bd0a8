/**
 * How a worker waits for its next call while calls come one at a time, each soon after the last one's answer: it turns
 * its event loop instead of sleeping. Its CPUs have nothing else to do then, and to wake one that sleeps takes long (50
 * of the 100 µs of a round trip between two processes on a virtual machine, measured). As nobody sleeps or is woken up on
 * them meanwhile, the system also keeps the processes before it in line, head and agent, closer together.
 *
 * It takes nothing from others: in each turn, whoever else waits for this CPU runs first. It ends soon, and where it was
 * in vain, the next waits are slept through, twice as many each time.
 */
import { schedYield } from "./sched-yield.ts";

/** The longest time after an answer that is polled through, in milliseconds. */
export const MAX_POLL_MS = 0.4;
/** The most waits that are slept through after one that was polled through in vain. */
const MOST_ASLEEP = 128;

export class Polling {
  readonly #load: typeof schedYield;
  /** Loaded when it is needed first: most workers have longer calls. */
  #yieldCpu: ReturnType<typeof schedYield> | undefined;
  #idleSinceMs = 0;
  #polling = false;
  #scheduled = false;
  /** How many waits are slept through next, and after the next poll in vain. */
  #asleep = 1;
  #nextAsleep = 1;

  /** `load` is for tests. */
  constructor(load = schedYield) {
    this.#load = load;
  }

  /** All calls are answered: the wait for the next one begins. */
  idle(): void {
    if (this.#asleep > 0) {
      this.#asleep -= 1;
      return;
    }
    this.#idleSinceMs = performance.now();
    this.#polling = true;
    this.#schedule();
  }

  /** The wait is over: a call has come. */
  called(): void {
    if (!this.#polling) return;
    this.#polling = false;
    this.#nextAsleep = 1;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (!this.#polling) return;
    if (this.#yieldCpu === undefined) this.#yieldCpu = this.#load();
    if (this.#yieldCpu === null || performance.now() - this.#idleSinceMs > MAX_POLL_MS) return this.#giveUp();
    this.#yieldCpu();
    this.#schedule();
  };

  #giveUp(): void {
    this.#polling = false;
    this.#asleep = this.#nextAsleep;
    this.#nextAsleep = Math.min(MOST_ASLEEP, 2 * this.#nextAsleep);
  }
}
