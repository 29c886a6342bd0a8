/** Which waiting requests may be served by a lease that somebody already holds. */
import { HeldLease, type Lease } from "./lease.ts";
import type { Shape } from "./shape.ts";

/** True where `shape` asks for exactly what `lease` holds, and could get it from its node. */
export function isLendable(shape: Shape, lease: Lease): boolean {
  if (!(lease instanceof HeldLease) || lease.state !== "held" || lease.origin.phase !== "active") return false;
  const { taken, node } = lease;
  const sameAmounts =
    shape.cpus === taken.cpus.ids.length && shape.gpus === taken.gpuIds.length && shape.memoryMb === taken.memoryMb;
  return sameAmounts && (shape.node === undefined || shape.node === node);
}
