/** What a granted request holds until it gives it back. */
import type { NodeState, Taken } from "./node-state.ts";

/** "lost": the node was removed from the pool under the lease. */
export type LeaseState = "held" | "released" | "lost";

/** CPUs, GPUs and memory of one node. `using` releases it at the end of the block. */
export interface Lease extends Disposable {
  /** The node's name. */
  readonly node: string;
  /** Ascending. The same array as before where the same set is leased again. */
  readonly cpuIds: readonly number[];
  /** In the node's order; empty where none were asked for. */
  readonly gpuIds: readonly string[];
  /** As asked for, in megabytes; 0 where none was. */
  readonly memoryMb: number;
  /** Whether it still holds what it was granted. */
  readonly state: LeaseState;
  /** Gives everything back. Does nothing the second time, or where the node is lost. */
  release(): void;
}

/** Who takes a lease back. */
export interface Lessor {
  /** `lease` was released while its node is there. */
  takeBack(lease: HeldLease): void;
}

/** The pool's own view of a lease. */
export class HeldLease implements Lease {
  /** The pool that has granted it. */
  readonly lessor: Lessor;
  /** The node that it is of. */
  readonly origin: NodeState;
  /** What it holds of that node. */
  readonly taken: Taken;
  #released = false;

  constructor(lessor: Lessor, origin: NodeState, taken: Taken) {
    this.lessor = lessor;
    this.origin = origin;
    this.taken = taken;
  }

  get node(): string {
    return this.origin.name;
  }

  get cpuIds(): readonly number[] {
    return this.taken.cpus.ids;
  }

  get gpuIds(): readonly string[] {
    return this.taken.gpuIds;
  }

  get memoryMb(): number {
    return this.taken.memoryMb;
  }

  get state(): LeaseState {
    if (this.#released) return "released";
    return this.origin.phase === "removed" ? "lost" : "held";
  }

  release(): void {
    if (this.state !== "held") return;
    this.#released = true;
    this.lessor.takeBack(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
