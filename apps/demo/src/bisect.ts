/** Bisection: where an increasing function passes a value, between two numbers. */

/** Two numbers, the lower one first, between which something lies. */
export type Bracket = [low: number, high: number];

/**
 * Halves `bracket` until it is at most `eps` wide, or until no number lies between its ends any more, and
 * gives a bracket with `f(low) <= target <= f(high)`. `f` must increase, and `bracket` must be such a bracket.
 *
 *
 * @throws RangeError when `target` does not lie in it, or one of the numbers is NaN
 *
 * @example
 * bisect((y) => y * y, 2, [0, 2], 1e-9) // [1.4142135614529252, 1.4142135623842478]
 */
export function bisect(f: (y: number) => number, target: number, bracket: Readonly<Bracket>, eps: number): Bracket {
  let [low, high] = bracket;
  if (!(low <= high && f(low) <= target && target <= f(high))) {
    throw new RangeError(`bisect: ${target} does not lie between f(${low}) = ${f(low)} and f(${high}) = ${f(high)}`);
  }
  while (high - low > eps) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (f(middle) <= target) low = middle;
    else high = middle;
  }
  return [low, high];
}
