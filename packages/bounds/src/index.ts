/** What callers give, within bounds: options, times and directories. See the README. */
import "./supported-node.ts";
export { checkOptions, checkValue } from "./check-options.ts";
export { DirectoryError, makeDirectory } from "./make-directory.ts";
export {
  aborter,
  anything,
  callable,
  duration,
  fields,
  finite,
  flag,
  type DurationBounds,
  listOf,
  nonEmpty,
  nullOr,
  oneOf,
  type Rule,
  type Rules,
  standardSchema,
  structured,
  text,
  unlimited,
  whole,
} from "./rules.ts";
export { nearestName } from "./nearest-name.ts";
export { isTooDeep, issueKeys, issueText, runSchema } from "./run-schema.ts";
export { showDuration, showValue } from "./show-value.ts";
export { steadyNowMs } from "./steady-clock.ts";
export { after, every, LONGEST_TIMER_MS, pause, type Timer } from "./timer.ts";
