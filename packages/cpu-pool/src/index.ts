/** Reserve CPUs, GPUs and memory over many nodes. See the README. */
// First, because it checks which Node this is.
import "@hyperion-ts/bounds";
export { CpuPool } from "./cpu-pool.ts";
export { NodeError, ReserveTimeoutError, type NodeProblem } from "./errors.ts";
export type { Lease, LeaseState } from "./lease.ts";
export { isLendable } from "./lending.ts";
export { NeverFitsError } from "./never-fits-error.ts";
export type { PoolNode } from "./node-state.ts";
export type { PlacementRule } from "./placement.ts";
export { PoolCore, type PoolOptions } from "./pool-core.ts";
export type { ReserveOptions } from "./reservation.ts";
export type { Amounts, PoolRequest, Shape } from "./shape.ts";
export type { NodeSnapshot, PoolSnapshot, Usage } from "./snapshot.ts";
export type { Ticket, TicketState, Waiter } from "./ticket.ts";
export { describeWait, type WaitReason } from "./wait-reason.ts";
