/**
 * How often Slurm is asked: seldom, as its administrators want (30 to 120 s between two questions), and soon where
 * something is about to change. Pure.
 */

/** Bounds of the pauses between two questions, in milliseconds. */
export interface PaceLimits {
  /** The shortest pause, with which it begins. */
  readonly firstMs: number;
  /** The longest one, but for a controller that answers slowly or not at all. */
  readonly longestMs: number;
}

/** What a question gave. */
export interface Look {
  readonly answered: boolean;
  readonly tookMs: number;
  /** Whether another look would settle something: a job that is missing, a new reason that needs a person. */
  readonly leftOpen: boolean;
}

/** A pause, and what the next one depends on. */
export interface Pace {
  /** What the next one grows from. */
  readonly stepMs: number;
  readonly pauseMs: number;
  /** Whether it is shorter for something that was left open: once, or what stays open would be asked for ever. */
  readonly isShort: boolean;
}

const GROWTH = 1.5;

/** A controller that takes so long has enough to do. */
const SLOW_MS = 5_000;

/** What is open is looked at again after this. */
const AGAIN_MS = 4_000;

/** The pause before the first question, and after something that is about to change a job's state. */
export const soon = ({ firstMs }: PaceLimits): Pace => ({ stepMs: firstMs, pauseMs: firstMs, isShort: false });

/** The pause after a question: longer each time; twice as long where the answer was slow, or there was none. */
export function paceAfter({ stepMs, isShort }: Pace, look: Look, { firstMs, longestMs }: PaceLimits): Pace {
  const grown = Math.min(stepMs * GROWTH, longestMs);
  if (!look.answered || look.tookMs > SLOW_MS) return { stepMs: grown, pauseMs: 2 * grown, isShort: false };
  const again = look.leftOpen && !isShort;
  return { stepMs: grown, pauseMs: again ? Math.min(grown, Math.max(firstMs, AGAIN_MS)) : grown, isShort: again };
}
