/**
 * What is asked for, checked once. Requests of the same shape are the same to
 * the pool but for their place in line.
 */

import { finite, type Rule, whole } from "@hyperion-ts/bounds";

/** What a caller wants to have on one node. */
export interface PoolRequest {
  /** How many CPUs, at least 1. */
  readonly cpus: number;
  /** How many GPUs; 0 if left out. */
  readonly gpus?: number | undefined;
  /** How much memory, in whole megabytes; 0 if left out. */
  readonly memoryMb?: number | undefined;
  /** Higher goes first; any finite number; 0 if left out. */
  readonly priority?: number | undefined;
  /** The name of the only node that will do. */
  readonly node?: string | undefined;
}

/** An amount of each resource. */
export interface Amounts {
  /** A whole number. */
  readonly cpus: number;
  /** A whole number. */
  readonly gpus: number;
  /** In megabytes. `Infinity` for a node that does not say what it has. */
  readonly memoryMb: number;
}

/** A request without its priority, with every default filled in. */
export interface Shape extends Amounts {
  /** The name of the only node that will do; undefined: any. */
  readonly node: string | undefined;
}

/**
 * The shape of `request`.
 *
 * @throws RangeError or TypeError, which names the field, when a number is wrong.
 */
export function shapeOf(request: PoolRequest): Shape {
  const { cpus, gpus = 0, memoryMb = 0, priority = 0, node } = request;
  positive(cpus, "cpus");
  natural(gpus, "gpus");
  natural(memoryMb, "memoryMb");
  finite(priority, "priority");
  return { cpus, gpus, memoryMb, node };
}

/** How many there may be of what there must be one of. */
export const positive: Rule = whole(1);
/** How many there may be of what need not be there. */
export const natural: Rule = whole(0);

/** True where `a` and `b` ask for the same amounts, on whatever node. */
export const sameAmounts = (a: Amounts, b: Amounts): boolean =>
  a.cpus === b.cpus && a.gpus === b.gpus && a.memoryMb === b.memoryMb;

/** True where all of `asked` can be taken out of `there`. */
export const isWithin = (asked: Amounts, there: Amounts): boolean =>
  asked.cpus <= there.cpus && asked.gpus <= there.gpus && asked.memoryMb <= there.memoryMb;
