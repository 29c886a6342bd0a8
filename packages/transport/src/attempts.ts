/** Attempts with pauses between them: many clusters drop connections that come in quick succession. */
import { pause } from "@hyperion-ts/bounds";

/** How often something is tried, and how long the pauses are. */
export interface AttemptPolicy {
  /** How many attempts there are at most. */
  readonly attempts: number;
  /** No attempt begins later than this, in milliseconds. */
  readonly patienceMs: number;
  /** The longest first pause, in milliseconds; each next one is up to twice as long. */
  readonly pauseMs: number;
}

/** No pause is longer, in milliseconds. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * Runs `attempt` until it succeeds, fails with an error that another attempt can't cure, or has failed often enough:
 * then it throws the last error. A pause is a random part of its longest length, so that nodes that were refused
 * together do not come back together; `waiting` hears of it. An abort of `signal` ends it with the signal's reason.
 */
export async function withAttempts<A>(
  { attempts, patienceMs, pauseMs }: AttemptPolicy,
  signal: AbortSignal,
  attempt: (number: number) => Promise<A>,
  isTransient: (error: unknown) => boolean,
  waiting: (error: unknown, number: number, pauseMs: number) => void,
): Promise<A> {
  const startMs = performance.now();
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      signal.throwIfAborted();
      const longestMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2 ** (number - 1));
      const thisPauseMs = Math.round(longestMs * (0.5 + Math.random() / 2));
      if (number >= attempts || performance.now() - startMs + thisPauseMs > patienceMs || !isTransient(error))
        throw error;
      waiting(error, number, thisPauseMs);
      await pause(thisPauseMs, signal);
    }
  }
}
