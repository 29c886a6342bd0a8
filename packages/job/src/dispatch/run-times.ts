/** What is known of how long each function's calls take: it decides how many are sent ahead. */

/** Calls are sent ahead as long as all of them together are expected to take no longer than this. */
const AHEAD_MS = 2;
/** At most so many calls are with one worker. */
export const MAX_WINDOW = 64;

/** The mean run time of each function. */
export class RunTimes {
  readonly #means = new Map<string, { meanMs: number }>();

  /** Takes in the run time of a call. The mean follows quickly, because functions warm up. */
  add(functionName: string, runMs: number): void {
    const known = this.#means.get(functionName);
    if (known === undefined) this.#means.set(functionName, { meanMs: runMs });
    else known.meanMs = known.meanMs * 0.75 + runMs * 0.25;
  }

  /** How many calls of this function a worker may hold. 1: nothing is sent ahead. */
  window(functionName: string): number {
    const known = this.#means.get(functionName);
    if (known === undefined) return 1;
    return Math.max(1, Math.min(MAX_WINDOW, Math.floor(AHEAD_MS / Math.max(known.meanMs, 0.001))));
  }
}
