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

  /** @throws what `addNode` throws, of one of `options.nodes`; TypeError or RangeError when an option is wrong or unknown. */
  constructor(options: PoolOptions = {}) {
    this.core = new PoolCore(options);
  }

  /**
   * Waits for room on the best node.
   *
   * @throws NeverFitsError when no node could ever serve the request; NodeError when the node that it names is not there
   *   (any more); ReserveTimeoutError after `timeoutMs`; the signal's reason when it aborts; TypeError or RangeError when
   *   a number or an option is wrong. All of them as rejections.
   */
  reserve(request: PoolRequest, options: ReserveOptions = {}): Promise<Lease> {
    return awaitLease(this.core, request, options);
  }

  /**
   * Adds a node; it serves at once whoever waits for it.
   *
   * @throws NodeError (duplicate-node) when there is one of that name; RangeError when a number is wrong or twice there.
   */
  addNode(node: PoolNode): void {
    this.core.addNode(node);
  }

  /**
   * Gives no new leases on the node; resolves when the last one there is
   * released, or the node removed. The node stays, empty, until it is removed;
   * to use it again, remove it and add it.
   *
   * @throws NodeError (unknown-node), as a rejection, when there is no such node.
   */
  drain(name: string): Promise<void> {
    return new Promise((resolve) => this.core.drainNode(name, resolve));
  }

  /**
   * Takes the node out at once, for `reason`; its leases are "lost".
   *
   * @throws NodeError (unknown-node) when there is no such node.
   */
  remove(name: string, reason: string): void {
    this.core.removeNode(name, reason);
  }

  /** The pool as it is now. */
  snapshot(): PoolSnapshot {
    return this.core.snapshot();
  }
}
