/** Attempts with pauses between them: many clusters drop connections that come in quick succession. */
import { pause } from "@hyperion-ts/bounds";

/** How often something is tried, after which errors, and how long the pauses are. */
export interface AttemptPolicy {
  /** How many attempts there are at most. */
  readonly attempts: number;
  /** No attempt begins later than this, in milliseconds. */
  readonly patienceMs: number;
  /** The longest first pause, in milliseconds; each next one is up to twice as long. */
  readonly pauseMs: number;
  /** Whether another attempt may cure this error. */
  isTransient(error: unknown): boolean;
  /** Hears of each pause: with which error the attempt of this number (from 1 on) failed, and how long the pause is, in milliseconds. */
  waiting(error: unknown, number: number, pauseMs: number): void;
}

/** No pause is longer, in milliseconds. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * Runs `attempt` until it succeeds, fails with an error that another attempt can't cure, or has failed often enough. A
 * pause is a random part of its longest length, so that nodes that were refused together do not come back together.
 *
 * @throws the error of the last attempt; on an abort of `signal`, its reason
 */
export async function withAttempts<A>(
  policy: AttemptPolicy,
  signal: AbortSignal,
  attempt: (number: number) => Promise<A>,
): Promise<A> {
  const { attempts, patienceMs, pauseMs } = policy;
  const startMs = performance.now();
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      signal.throwIfAborted();
      const longestMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2 ** (number - 1));
      const thisPauseMs = Math.round(longestMs * (0.5 + Math.random() / 2));
      if (number >= attempts || performance.now() - startMs + thisPauseMs > patienceMs || !policy.isTransient(error))
        throw error;
      policy.waiting(error, number, thisPauseMs);
      await pause(thisPauseMs, signal);
    }
  }
}
