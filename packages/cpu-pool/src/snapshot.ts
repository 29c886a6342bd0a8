/** The pool at one moment, as data: for progress displays and for tests. */
import type { NodePhase, NodeState } from "./node-state.ts";
import type { PoolRequest } from "./shape.ts";

/** How much of a resource is idle, and how much there is. */
export interface Usage {
  readonly idle: number;
  readonly total: number;
}

/** One node at one moment. */
export interface NodeSnapshot {
  readonly name: string;
  readonly phase: Exclude<NodePhase, "removed">;
  readonly cpus: Usage;
  readonly gpus: Usage;
  /** Both are `Infinity` where the node does not say what it has. */
  readonly memoryMb: Usage;
  readonly leases: number;
  /** The first request in line, where this node is kept for it. */
  readonly claimedBy: PoolRequest | undefined;
}

/** The pool at one moment. */
export interface PoolSnapshot {
  /** In the order of adding. */
  readonly nodes: readonly NodeSnapshot[];
  /** How many requests wait in line. */
  readonly waiting: number;
}

/** One node's part of a snapshot. */
export function snapshotOf(node: NodeState, claimedBy: PoolRequest | undefined): NodeSnapshot {
  const { name, idle, total, leases } = node;
  return {
    name,
    phase: node.phase === "removed" ? "draining" : node.phase,
    cpus: { idle: idle.cpus, total: total.cpus },
    gpus: { idle: idle.gpus, total: total.gpus },
    memoryMb: { idle: idle.memoryMb, total: total.memoryMb },
    leases,
    claimedBy,
  };
}
