/**
 * CPUs on which a worker did not start are left alone for a moment, which doubles with each start that fails there: so a
 * call whose worker did not start goes elsewhere, and CPUs that are gone (taken offline, out of the job's cpuset) make
 * the node smaller instead of costing it.
 */
import type { Lease } from "@hyperion-ts/cpu-pool";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/** The CPUs of one node on which starts have failed. */
export class StartPauses {
  /** How many starts have failed in a row, by the array of CPU ids, which the pool hands out again for the same set. */
  readonly #failed = new Map<readonly number[], number>();

  /** When each lease that is left alone is released, on performance.now()'s clock. */
  readonly #ends = new Map<Lease, number>();

  /** How many CPUs are left alone now, and for how long the first of them is, in milliseconds; undefined: none is. */
  get now(): { readonly cpus: number; readonly forMs: number } | undefined {
    if (this.#ends.size === 0) return undefined;
    const cpus = [...this.#ends.keys()].reduce((sum, { cpuIds }) => sum + cpuIds.length, 0);
    return { cpus, forMs: Math.max(0, Math.min(...this.#ends.values()) - performance.now()) };
  }

  /** A worker did not start on these CPUs. */
  failed(cpuIds: readonly number[]): void {
    this.#failed.set(cpuIds, (this.#failed.get(cpuIds) ?? 0) + 1);
  }

  /** A worker did. */
  cameUp(cpuIds: readonly number[]): void {
    this.#failed.delete(cpuIds);
  }

  /** Releases a lease that got no worker: at once, unless the last start on its CPUs has failed. */
  giveBack(lease: Lease): void {
    const failed = this.#failed.get(lease.cpuIds);
    if (failed === undefined) return lease.release();
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failed - 1));
    this.#ends.set(lease, performance.now() + pauseMs);
    setTimeout(() => {
      this.#ends.delete(lease);
      lease.release();
    }, pauseMs).unref();
  }
}
