/**
 * The lanes whose workers are still being started. A start takes a while, and one that hangs takes until its time is over:
 * so a task is not bound to it. A lane that has nothing more to do takes over what a starting one was to do, if it
 * holds just what that asks for; the start goes on, for whoever comes next.
 */
import { isLendable } from "@hyperion-ts/cpu-pool";
import type { Lane } from "./lane.ts";

export class StartingLanes {
  readonly #lanes = new Set<Lane>();

  add(lane: Lane): void {
    this.#lanes.add(lane);
  }

  /** Its worker is there, or will not come. */
  delete(lane: Lane): void {
    this.#lanes.delete(lane);
  }

  /** The node of the lane that waits longest for its worker. */
  get node(): string | undefined {
    const [first] = this.#lanes;
    return first?.node.name;
  }

  /** Moves the task that waits longest for a worker to `idle`, whose worker has nothing to do; nothing happens where there is none for it. */
  relieve(idle: Lane): void {
    if (this.#lanes.size === 0 || !idle.isFree) return;
    for (const lane of this.#lanes) {
      const [task] =
        lane === idle ? [] : lane.giveAway((task) => !task.first && isLendable(task.poolRequest, idle.lease));
      if (task !== undefined) return idle.add(task);
    }
  }
}
