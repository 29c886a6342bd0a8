/** How much time a job has left. */
import type { HasEndTime } from "./capabilities.ts";
import { steadyNowMs } from "@hyperion-ts/bounds";

/**
 * Milliseconds until the batch system ends this program; Infinity where it won't, or does not say. That is right also where a
 * clock is set meanwhile, and where this node's clock differs from the batch system's.
 *
 * @example
 * const fits = (hours: number): Job<boolean> => async (env) => remainingMs(env) > hours * 3_600_000;
 */
export const remainingMs = ({ endTimeMs }: HasEndTime): number =>
  endTimeMs === null ? Number.POSITIVE_INFINITY : Math.max(0, endTimeMs - steadyNowMs());
