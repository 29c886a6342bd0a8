/** A quantity that was measured several times. */
import { median } from "./statistics.ts";

/** What was measured, and how far apart the samples are. */
export interface Figure {
  /** What it is called in a table. */
  readonly what: string;
  /** The unit of its numbers, e.g. `ms`. */
  readonly unit: string;
  /** The middle one of the samples. */
  readonly median: number;
  /** The smallest sample. */
  readonly least: number;
  /** The largest sample. */
  readonly most: number;
  /** How many samples there are. */
  readonly samples: number;
}

/** The figure of `samples`, one at least. */
export const figure = (what: string, unit: string, samples: readonly number[]): Figure => ({
  what,
  unit,
  median: median(samples),
  least: Math.min(...samples),
  most: Math.max(...samples),
  samples: samples.length,
});
