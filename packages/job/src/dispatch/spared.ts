/** Which ends of a worker are no attempt of a call that was with it. */
import type { LostAs } from "@hyperion-ts/launcher";

/** A call that was the next one of so many workers that ended is taken for the cause: they may have read it, at least. */
const MAX_MISSED = 20;

/** What is known of a call from workers that have ended. */
export interface CallPast {
  /** Whether it has to be the first in its worker, so that none before it can harm it. */
  readonly first: boolean;
  /** How often a worker has ended when it was the next one there. */
  readonly missed: number;
}

/** The past of a call of which nothing is known. */
export const NO_PAST: CallPast = { first: false, missed: 0 };

/** The past of a call that has to be the first in its worker. */
export const FIRST_PAST: CallPast = { first: true, missed: 0 };

/**
 * The call's past with one more end of its worker, where it is made again as the same attempt; null where the attempt is
 * lost. One that was struck by another call is the first in its next worker, so this happens to it once.
 */
export function sparedPast(past: CallPast, as: LostAs): CallPast | null {
  switch (as) {
    case "running":
      return null;
    case "struck":
      return { ...past, first: true };
    case "next":
      return past.missed + 1 < MAX_MISSED ? { ...past, missed: past.missed + 1 } : null;
    case "behind":
      return past;
    default:
      return as satisfies never;
  }
}
