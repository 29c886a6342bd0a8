/** How much memory a job asks for: a typed value, and what sbatch takes for it (sbatch(1), `--mem`). Pure. */
import { fields, finite, type Rule, showValue } from "@hyperion-ts/bounds";

/** An amount of memory, in one unit, in Slurm's counting: a gigabyte is 1,024 megabytes. Fractions are fine; less than a megabyte is rounded up. */
export type MemorySize =
  /** A megabyte is 2 ** 20 bytes. */
  | { readonly megabytes: number }
  /** A gigabyte is 1,024 megabytes. */
  | { readonly gigabytes: number }
  /** A terabyte is 1,024 gigabytes. */
  | { readonly terabytes: number };

/** 1,024 TB on a node, which nobody has; Slurm counts megabytes in 64 bits. */
const MOST_MEGABYTES = 2 ** 30;

/** In megabytes, rounded up. */
export function memoryMegabytes(size: MemorySize): number {
  if ("megabytes" in size) return Math.ceil(size.megabytes);
  return Math.ceil("gigabytes" in size ? size.gigabytes * 1_024 : size.terabytes * 1_048_576);
}

/** As sbatch reads it. */
export const slurmMemory = (size: MemorySize): string => `${memoryMegabytes(size)}M`;

/** A MemorySize above 0. Slurm takes 0 for all of a node, which is a word of its own here. */
export const memorySize: Rule = (value, name) => {
  const allowed = `an amount above 0 in one unit, { megabytes: 500 }, { gigabytes: 8 } or { terabytes: 1 }`;
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name} must be ${allowed}, not ${showValue(value)}`);
  fields<Record<"megabytes" | "gigabytes" | "terabytes", number>>({
    megabytes: finite,
    gigabytes: finite,
    terabytes: finite,
  })(value, name);
  if (!isMemorySize(value) || memoryMegabytes(value) <= 0 || memoryMegabytes(value) > MOST_MEGABYTES)
    throw new RangeError(`${name} must be ${allowed}, not ${JSON.stringify(value)}`);
};

const isMemorySize = (value: object): value is MemorySize =>
  Object.values(value).filter((part) => part !== undefined).length === 1 && Object.values(value).length === 1;
