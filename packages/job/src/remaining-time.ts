/** How much time a job has left. */
import type { HasEndTime } from "./capabilities.ts";

/**
 * Milliseconds until the batch system ends this program; Infinity where it won't, or does not say.
 *
 * @example
 * const fits = (hours: number): Job<boolean> => async (env) => remainingMs(env) > hours * 3_600_000;
 */
export const remainingMs = ({ endTimeMs }: HasEndTime): number => (endTimeMs === null ? Number.POSITIVE_INFINITY : Math.max(0, endTimeMs - Date.now()));
