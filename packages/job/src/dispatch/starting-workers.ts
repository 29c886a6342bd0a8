/**
 * The leased workers that are still being started. A start takes a while, and one that hangs takes until its time is over:
 * so a task is not bound to it. A worker that has nothing more to do takes over what a starting one was to do, if its lease
 * holds just what that asks for; the start goes on, for whoever comes next.
 */
import { isLendable } from "@hyperion-ts/cpu-pool";
import type { LeasedWorker } from "./leased-worker.ts";
import { poolRequestOf } from "./waiting-calls.ts";

/** Leased workers whose processes are being started, in the order of their starts. */
export class StartingWorkers {
  readonly #starting = new Set<LeasedWorker>();

  /** Its start has begun. */
  add(leased: LeasedWorker): void {
    this.#starting.add(leased);
  }

  /** Its worker is there, or will not come. */
  delete(leased: LeasedWorker): void {
    this.#starting.delete(leased);
  }

  /** The node of the one that starts longest. */
  get node(): string | undefined {
    const [first] = this.#starting;
    return first?.node.name;
  }

  /** Moves the task that waits longest for a worker to `idle`, whose worker has nothing to do; nothing happens where there is none for it. */
  relieve(idle: LeasedWorker): void {
    if (this.#starting.size === 0 || !idle.takesMore || idle.tasks.length > 0) return;
    for (const leased of this.#starting) {
      const task =
        leased === idle
          ? undefined
          : leased.giveAway(({ first, request }) => !first && isLendable(poolRequestOf(request), idle.lease));
      if (task !== undefined) return idle.add(task);
    }
  }
}
