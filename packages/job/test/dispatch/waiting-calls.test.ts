/** The calls that wait know how many they are, whatever happens to them. No process runs. */
import { type Lease, PoolCore } from "@hyperion-ts/cpu-pool";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CallCounts } from "../../src/dispatch/call-counts.ts";
import type { TaskHolder } from "../../src/dispatch/task-holder.ts";
import { Task } from "../../src/dispatch/task.ts";
import { WaitingCalls } from "../../src/dispatch/waiting-calls.ts";

/** CPUs on which nothing starts. */
class Holder implements TaskHolder<Task> {
  readonly lease: Lease;
  readonly place = { node: "n", cpuIds: [], logFile: null, ranMs: 0 };

  constructor(lease: Lease) {
    this.lease = lease;
  }

  succeeded(): void {}
  failed(): void {}
  lost(): void {}
  returned(): void {}

  carryOut(_task: Task, instruction: string): void {
    if (instruction === "leave-worker") this.lease.release();
  }
}

class World {
  readonly pool = new PoolCore();
  readonly tasks: Task[] = [];
  readonly waiting = new WaitingCalls(this.pool, {
    granted: (task, lease) => {
      this.leases.push(lease);
      task.enter(new Holder(lease), "leased");
    },
    refusal: (_task, error) => error,
  });
  readonly leases: Lease[] = [];
  readonly #abort: (() => void)[] = [];
  #nodes = 0;

  launch(cpus: number): void {
    const controller = new AbortController();
    const task = new Task(this.waiting, new CallCounts(), { cpus, options: {}, signal: controller.signal });
    task.launched().catch(() => undefined);
    this.tasks.push(task);
    this.#abort.push(() => controller.abort("aborted"));
    task.tell("launched");
  }

  abort(at: number): void {
    this.#abort[at % this.#abort.length]?.();
  }

  addNode(cpus: number): void {
    this.#nodes += 1;
    this.pool.addNode({ name: `n${this.#nodes}`, cpuIds: Array.from({ length: cpus }, (_, i) => i) });
    this.waiting.tryUnserved();
  }

  removeNode(): void {
    const [node] = this.pool.snapshot().nodes;
    if (node !== undefined) this.pool.removeNode(node.name, "it is gone");
  }

  /** The task has no worker where it is. */
  evict(at: number): void {
    this.tasks[at % this.tasks.length]?.tell("elsewhere");
  }

  /** Tasks are lent to a lease, and come back. */
  lend(at: number): void {
    const lease = this.leases[at % this.leases.length];
    if (lease === undefined) return;
    for (const { waiter } of this.waiting.takeAhead(lease, 3, () => true)) waiter.enter(new Holder(lease), "leased");
  }

  expectNodes(expected: boolean): void {
    this.waiting.expectNodes(expected);
    if (!expected) this.waiting.tryUnserved();
  }
}

const at = fc.nat(20);
const deed = fc.oneof(
  fc.record({ do: fc.constant("launch" as const), value: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constantFrom("abort" as const, "evict" as const, "lend" as const), value: at }),
  fc.record({ do: fc.constant("addNode" as const), value: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constantFrom("removeNode" as const, "expect" as const, "withhold" as const), value: at }),
);

test("in any order of launches, aborts, loans, nodes that come and go, and a drain", () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      const world = new World();
      world.addNode(2);
      for (const { do: what, value } of deeds) {
        if (what === "expect") world.expectNodes(value % 2 === 0);
        else if (what === "withhold") {
          if (value === 0) world.waiting.withhold();
        } else world[what](value);
        expect(world.waiting.size).toBe(world.tasks.filter(({ state }) => state.kind === "waiting").length);
      }
    }),
    { numRuns: 500 },
  );
});
