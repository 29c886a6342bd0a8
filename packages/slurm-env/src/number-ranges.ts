/**
 * Lists of numbers and ranges, `1-3,07,010-012`: what stands between a hostlist's brackets, and how
 * Slurm writes GPU ids. Numbers keep the width of a range's *lower* bound, as in Slurm (`08-10` is
 * 08 09 10, and so is `08-010`). Whatever Slurm would clamp or complete is refused.
 */
import type { Cursor } from "./cursor.ts";

/** `low` to `high`, both included, each padded with zeros to `width` digits. */
export interface NumberRange {
  /** The first number. */
  readonly low: bigint;
  /** The last number. */
  readonly high: bigint;
  /** How many digits each has at least. */
  readonly width: number;
}

/** The longest list that we build: what Slurm allows one range to be (MAX_RANGE in its hostlist.c). */
export const MAX_NAMES = 65_536;

/** The largest number that Slurm can hold (an unsigned long); it silently clamps larger ones to this. */
export const MAX_NUMBER = 2n ** 64n - 1n;

/**
 * Reads ranges for as long as a comma follows; the caller decides what may come then.
 *
 * @throws SlurmEnvError `malformed` or `too-many-names` when it is no such list, or too long; before anything is built
 */
export function parseNumberRanges(cursor: Cursor): readonly NumberRange[] {
  const ranges: NumberRange[] = [];
  let count = 0n;
  do {
    const position = cursor.at;
    const range = parseNumberRange(cursor);
    count += range.high - range.low + 1n;
    if (count > MAX_NAMES) throw cursor.error(`more than ${MAX_NAMES} numbers`, position, "too-many-names");
    ranges.push(range);
  } while (cursor.take(","));
  return ranges;
}

/** How many numbers the ranges stand for. */
export const countNumbers = (ranges: readonly NumberRange[]): number =>
  ranges.reduce((sum, { low, high }) => sum + Number(high - low) + 1, 0);

/** The numbers as they are written, in the order of the ranges. */
export const writeNumbers = (ranges: readonly NumberRange[]): readonly string[] => ranges.flatMap(writeRange);

function parseNumberRange(cursor: Cursor): NumberRange {
  const position = cursor.at;
  const lowText = parseDigits(cursor);
  const low = toNumber(cursor, lowText, position);
  if (!cursor.take("-")) return { low, high: low, width: lowText.length };
  const highPosition = cursor.at;
  const high = toNumber(cursor, parseDigits(cursor), highPosition);
  if (high < low) throw cursor.error("the range runs backwards", position);
  return { low, high, width: lowText.length };
}

function parseDigits(cursor: Cursor): string {
  const digits = cursor.takeWhile(/\d+/y);
  if (digits === "")
    throw cursor.error(cursor.atEnd ? "a number is expected, but the text ends" : "a number is expected");
  return digits;
}

/** Looks at the length first: turning a million digits into a number takes more than linear time. */
function toNumber(cursor: Cursor, digits: string, position: number): bigint {
  const significant = digits.replace(/^0+/, "");
  const value = significant.length > 20 ? MAX_NUMBER + 1n : BigInt(significant);
  if (value > MAX_NUMBER) throw cursor.error(`the number is larger than ${MAX_NUMBER}`, position);
  return value;
}

const writeRange = ({ low, high, width }: NumberRange): readonly string[] =>
  Array.from({ length: Number(high - low) + 1 }, (_, offset) => (low + BigInt(offset)).toString().padStart(width, "0"));
