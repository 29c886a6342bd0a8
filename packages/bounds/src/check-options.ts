/** Options checked at the place where they were written: what is wrong is told before anything has begun. */
import { checkFields, type Rule, type Rules } from "./rules.ts";
import { showValue } from "./show-value.ts";

/**
 * Checks the options that the function `place` was given. An option that is undefined counts as left out.
 *
 * @throws TypeError for an option that there is not (with the nearest name that there is), and for a value of another type;
 *   RangeError for a value beyond its bounds
 * @example
 * checkOptions("openPool", options, { cpus: whole(1), timeoutMs: duration() });
 */
export function checkOptions<O extends object>(place: string, options: O, rules: Rules<O>): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`${place}: the options must be an object, not ${showValue(options)}`);
  checkFields(options, rules, place, (field) => `${place}: ${field}`);
}

/**
 * Checks one value that the function `place` was given as `name`, and returns it.
 *
 * @throws TypeError or RangeError, as `checkOptions` does
 */
export function checkValue<A>(place: string, name: string, value: A, rule: Rule): A {
  rule(value, `${place}: ${name}`);
  return value;
}
