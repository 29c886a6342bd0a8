/** A request's life: it waits, and then is granted, refused, cancelled or taken ahead. */
import type { HeldLease, Lease } from "./lease.ts";
import type { Notice } from "./outbox.ts";
import { shapeOf, type PoolRequest, type Shape } from "./shape.ts";
import type { Queued, ShapeQueue } from "./shape-queue.ts";
import type { WaitReason } from "./wait-reason.ts";

/**
 * Who is told what became of a request: exactly one of the two is called, once,
 * or none after a cancel. Either may use the pool. The pool is not harmed when
 * one throws; the error comes out of the call to the pool that caused it.
 */
export interface Waiter {
  /** The request has its lease. */
  granted(lease: Lease): void;
  /** No node can serve the request: a `NeverFitsError` or a `NodeError` says why. */
  refused(error: Error): void;
}

/** "taken": lent ahead with `takeAhead`; the pool forgets it until `putBack`. */
export type TicketState = "waiting" | "granted" | "refused" | "cancelled" | "taken";

/** A request's place in line. */
export interface Ticket<W extends Waiter = Waiter> {
  /** As it was given to `enqueue`. */
  readonly request: PoolRequest;
  /** Who is told what becomes of the request. */
  readonly waiter: W;
  /** "waiting" until the waiter is called. */
  readonly state: TicketState;
  /** Leaves the line; the waiter is not called any more. Does nothing once it was called. */
  cancel(): void;
  /** Why it waits; undefined where it does not. */
  whyWaiting(): WaitReason | undefined;
}

/** What a ticket asks of its pool. */
export interface TicketOffice {
  /** `ticket` is cancelled: it leaves the line. */
  leave(ticket: PoolTicket): void;
  /** The node of the lease that `ticket` was to get is gone: back to its old place in line. */
  readmit(ticket: PoolTicket): void;
  /** Why `ticket` waits; undefined where it does not. */
  whyWaiting(ticket: PoolTicket): WaitReason | undefined;
}

/** Between the pool's decision and the call of the waiter there may be other calls. */
type Stage =
  | { readonly kind: "waiting" }
  | { readonly kind: "granting"; readonly lease: HeldLease }
  | { readonly kind: "refusing"; readonly error: Error }
  | { readonly kind: "granted" | "refused" | "cancelled" | "taken" };

const WAITING: Stage = { kind: "waiting" };
const GRANTED: Stage = { kind: "granted" };
const REFUSED: Stage = { kind: "refused" };
const CANCELLED: Stage = { kind: "cancelled" };
const TAKEN: Stage = { kind: "taken" };

/** The pool's own view of a ticket. */
export class PoolTicket<W extends Waiter = Waiter> implements Ticket<W>, Queued<PoolTicket>, Notice {
  readonly request: PoolRequest;
  readonly waiter: W;
  readonly shape: Shape;
  readonly priority: number;
  /** Grows with every request. */
  readonly sequence: number;
  previous: PoolTicket | undefined = undefined;
  next: PoolTicket | undefined = undefined;
  queue: ShapeQueue<PoolTicket> | undefined = undefined;
  readonly #office: TicketOffice;
  #stage: Stage = WAITING;

  /** @throws RangeError or TypeError when a number in `request` is wrong. */
  constructor(office: TicketOffice, request: PoolRequest, waiter: W, sequence: number) {
    this.shape = shapeOf(request);
    this.request = request;
    this.waiter = waiter;
    this.priority = request.priority ?? 0;
    this.sequence = sequence;
    this.#office = office;
  }

  get state(): TicketState {
    const { kind } = this.#stage;
    return kind === "granting" || kind === "refusing" ? "waiting" : kind;
  }

  /** It gets `lease`; `deliver` tells the waiter. */
  grant(lease: HeldLease): void {
    this.#stage = { kind: "granting", lease };
  }

  /** It fails with `error`; `deliver` tells the waiter. */
  refuse(error: Error): void {
    this.#stage = { kind: "refusing", error };
  }

  /** It is lent ahead: its waiter is not called. */
  take(): void {
    this.#stage = TAKEN;
  }

  /** It waits again, after `take` or a lease that was lost before it was delivered. */
  wait(): void {
    this.#stage = WAITING;
  }

  cancel(): void {
    const stage = this.#stage;
    if (this.state !== "waiting" && this.state !== "taken") return;
    this.#stage = CANCELLED;
    if (stage.kind === "granting") stage.lease.release();
    else this.#office.leave(this);
  }

  whyWaiting(): WaitReason | undefined {
    return this.#office.whyWaiting(this);
  }

  /** Calls the waiter, if it is still to be called. */
  deliver(): void {
    const stage = this.#stage;
    if (stage.kind === "granting") this.#deliverLease(stage.lease);
    if (stage.kind !== "refusing") return;
    this.#stage = REFUSED;
    this.waiter.refused(stage.error);
  }

  #deliverLease(lease: HeldLease): void {
    if (lease.state === "lost") return this.#office.readmit(this);
    this.#stage = GRANTED;
    this.waiter.granted(lease);
  }
}
