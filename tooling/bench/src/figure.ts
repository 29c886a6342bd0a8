/** A quantity that was measured several times. */
import { median } from "./statistics.ts";

export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
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
