/** Which waiting requests may be served by a lease that somebody already holds. */
import { HeldLease, type Lease } from "./lease.ts";
import type { PoolRequest } from "./shape.ts";

/** True where a request asks for exactly what `lease` holds, and could get it from its node. */
export function isLendable({ cpus, gpus = 0, memoryMb = 0, node: wanted }: PoolRequest, lease: Lease): boolean {
  if (!(lease instanceof HeldLease) || lease.state !== "held" || lease.origin.phase !== "active") return false;
  const { taken, node } = lease;
  const sameAmounts = cpus === taken.cpus.ids.length && gpus === taken.gpuIds.length && memoryMb === taken.memoryMb;
  return sameAmounts && (wanted === undefined || wanted === node);
}
