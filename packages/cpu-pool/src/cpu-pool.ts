/**
 * The pool as a program uses it: a promise per request, with a signal and a
 * time limit. All decisions are `PoolCore`'s.
 */
import type { Lease } from "./lease.ts";
import type { PoolNode } from "./node-state.ts";
import { PoolCore, type PoolOptions } from "./pool-core.ts";
import { awaitLease, type ReserveOptions } from "./reservation.ts";
import type { PoolRequest } from "./shape.ts";
import type { PoolSnapshot } from "./snapshot.ts";

/**
 * CPUs, GPUs and memory of many nodes, leased to whoever asks.
 *
 * @example
 * const pool = new CpuPool({ nodes: [{ name: "n1", cpuIds: [0, 1, 2, 3] }] });
 * using lease = await pool.reserve({ cpus: 2 });
 * console.log(lease.node, lease.cpuIds); // n1 [ 0, 1 ]
 */
export class CpuPool {
  /** The same pool with callbacks; both may be used side by side. */
  readonly core: PoolCore;

  /** Throws as `addNode` does. */
  constructor(options: PoolOptions = {}) {
    this.core = new PoolCore(options);
  }

  /**
   * Waits for room on the best node. Rejects with a NeverFitsError where no
   * node could ever serve it, with a NodeError where the node it names is not
   * there (any more), with a ReserveTimeoutError after `timeoutMs`, with the
   * signal's reason on abort, with a RangeError where a number is wrong.
   */
  reserve(request: PoolRequest, options: ReserveOptions = {}): Promise<Lease> {
    return awaitLease(this.core, request, options);
  }

  /** Adds a node. Throws a NodeError (duplicate-node) or a RangeError. */
  addNode(node: PoolNode): void {
    this.core.addNode(node);
  }

  /**
   * Gives no new leases on the node; resolves when the last one there is
   * released, or the node removed. The node stays, empty, until it is removed;
   * to use it again, remove it and add it. Rejects with a NodeError (unknown-node).
   */
  drain(name: string): Promise<void> {
    return new Promise((resolve) => this.core.drainNode(name, resolve));
  }

  /** Takes the node out at once; its leases are "lost". Throws a NodeError (unknown-node). */
  remove(name: string, reason: string): void {
    this.core.removeNode(name, reason);
  }

  /** The pool as it is now. */
  snapshot(): PoolSnapshot {
    return this.core.snapshot();
  }
}
