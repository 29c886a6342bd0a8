/** The two statistics that noise does not move: the median, and quantiles beside it. */

/**
 * The median.
 *
 * @throws RangeError when there are no samples
 */
export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/**
 * The `q`-quantile for `q` from 0 to 1, between samples by linear interpolation.
 *
 * @throws RangeError when there are no samples
 */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = Float64Array.from(samples).sort();
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError("There is no quantile of no samples");
  return below + (above - below) * (at - Math.floor(at));
}
