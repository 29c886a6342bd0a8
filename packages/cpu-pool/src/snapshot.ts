/** The pool at one moment, as data: for progress displays and for tests. */
import type { NodePhase, NodeState } from "./node-state.ts";
import type { Earmark } from "./scheduler.ts";
import type { PoolRequest } from "./shape.ts";

/** How much of a resource is idle, and how much there is. */
export interface Usage {
  /** What no lease holds. */
  readonly idle: number;
  /** What the node has. */
  readonly total: number;
}

/** One node at one moment. */
export interface NodeSnapshot {
  /** As in `PoolNode`. */
  readonly name: string;
  /** "paused": takes no leases for the time being; "draining": for good. */
  readonly phase: Exclude<NodePhase, "removed">;
  /** Of a node that serves as many leases as it may, none counts as idle. */
  readonly cpus: Usage;
  /** How many of its GPUs are idle. */
  readonly gpus: Usage;
  /** In megabytes; both are `Infinity` where the node does not say what it has. */
  readonly memoryMb: Usage;
  /** How many leases are held of it. */
  readonly leases: number;
  /** The first request in line, where this node is earmarked for it. */
  readonly earmarkedFor: PoolRequest | undefined;
}

/** The pool at one moment. */
export interface PoolSnapshot {
  /** In the order of adding. */
  readonly nodes: readonly NodeSnapshot[];
  /** How many requests wait in line. */
  readonly waiting: number;
}

/** The pool with these nodes, where so many requests are `waiting`. */
export const snapshotOf = (
  nodes: Iterable<NodeState>,
  earmark: Earmark | undefined,
  waiting: number,
): PoolSnapshot => ({
  nodes: Array.from(nodes, (node) => nodeSnapshotOf(node, earmark?.node === node ? earmark.ticket.request : undefined)),
  waiting,
});

const nodeSnapshotOf = (
  { name, phase, idle, total, leases }: NodeState,
  earmarkedFor: PoolRequest | undefined,
): NodeSnapshot => ({
  name,
  phase: phase === "removed" ? "draining" : phase,
  cpus: { idle: idle.cpus, total: total.cpus },
  gpus: { idle: idle.gpus, total: total.gpus },
  memoryMb: { idle: idle.memoryMb, total: total.memoryMb },
  leases,
  earmarkedFor,
});
