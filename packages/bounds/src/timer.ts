/**
 * Timers of any length. Node's own fire at once when they are to run for 2^31 ms (25 days) or more: so a long time is
 * made of pieces, and for `Infinity` there is no timer at all.
 *
 * Time is what the process lives through, on performance.now()'s clock: a wall clock that is set does not matter, and
 * the time for which the machine is suspended does not count.
 */

/** Something that is to happen. Disposing of it calls it off; nothing happens when it has happened already. */
export interface Timer extends Disposable {
  /** Lets the process end before the timer fires; returns the timer. */
  unref(): Timer;
}

/** The longest time that a timer of Node's own can take. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs `action` once, `ms` milliseconds from now: at once, but not before this returns, for 0 and less; never, and without
 * keeping the process alive, for `Infinity`.
 *
 * @throws RangeError for what is no time
 * @example
 * using late = after(30 * 86_400_000, () => console.log("a month has gone by"));
 */
export function after(ms: number, action: () => void): Timer {
  checkTime(ms);
  return ms === Infinity ? NEVER : new LongTimer(ms, action);
}

/**
 * Runs `action` every `ms` milliseconds from now on, as `after` does once.
 *
 * @throws RangeError for what is no time
 */
export function every(ms: number, action: () => void): Timer {
  checkTime(ms);
  if (ms === Infinity) return NEVER;
  return ms > LONGEST_TIMER_MS ? new Repeated(ms, action) : new Interval(ms, action);
}

/**
 * Resolves `ms` milliseconds from now, as `after` counts them.
 *
 * @throws RangeError for what is no time; the signal's reason when `signal` aborts before
 */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const aborted = (): void => {
      timer[Symbol.dispose]();
      reject(signal?.reason);
    };
    const timer = after(ms, () => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    });
    signal?.addEventListener("abort", aborted, { once: true });
  });

function checkTime(ms: number): void {
  if (typeof ms !== "number" || Number.isNaN(ms))
    throw new RangeError(`A timer needs a time in milliseconds, not ${String(ms)}`);
}

class LongTimer implements Timer {
  readonly #action: () => void;
  #restMs: number;
  #piece: NodeJS.Timeout;
  #alone = false;

  constructor(ms: number, action: () => void) {
    this.#action = action;
    this.#restMs = ms;
    this.#piece = this.#next();
  }

  unref(): Timer {
    this.#alone = true;
    this.#piece.unref();
    return this;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#piece);
  }

  #next(): NodeJS.Timeout {
    if (this.#restMs <= LONGEST_TIMER_MS) return setTimeout(this.#action, this.#restMs);
    this.#restMs -= LONGEST_TIMER_MS;
    return setTimeout(() => {
      this.#piece = this.#next();
      if (this.#alone) this.#piece.unref();
    }, LONGEST_TIMER_MS);
  }
}

class Interval implements Timer {
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number, action: () => void) {
    this.#timer = setInterval(action, ms);
  }

  unref(): Timer {
    this.#timer.unref();
    return this;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** An interval that is too long for Node's. */
class Repeated implements Timer {
  readonly #ms: number;
  readonly #action: () => void;
  #timer: Timer;
  #alone = false;

  constructor(ms: number, action: () => void) {
    this.#ms = ms;
    this.#action = action;
    this.#timer = this.#next();
  }

  unref(): Timer {
    this.#alone = true;
    this.#timer.unref();
    return this;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #next(): Timer {
    return after(this.#ms, () => {
      this.#timer = this.#next();
      if (this.#alone) this.#timer.unref();
      this.#action();
    });
  }
}

const NEVER: Timer = Object.freeze({ unref: () => NEVER, [Symbol.dispose]: () => undefined });
