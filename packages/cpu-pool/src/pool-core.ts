/**
 * The pool without promises, timers or clocks: every call does its work at once and then calls back whom it concerns.
 * `CpuPool` puts promises on top; a dispatcher of very many calls uses this directly, also beside a `CpuPool`.
 *
 * This class keeps nodes, leases and tickets; `Scheduler` decides who is served where. Callbacks run when the pool's
 * state is complete, so they may call the pool; what that causes is called back after them, in order.
 */
import { checkOptions, listOf, oneOf, type Rules, structured } from "@hyperion-ts/bounds";
import { NodeError } from "./errors.ts";
import { HeldLease, type Lease, type Lessor } from "./lease.ts";
import { NodeRegistry } from "./node-registry.ts";
import type { NodeState, PoolNode } from "./node-state.ts";
import { Outbox } from "./outbox.ts";
import { Placement, type PlacementRule } from "./placement.ts";
import { refusalOf } from "./refusal.ts";
import { Scheduler } from "./scheduler.ts";
import { positive, type PoolRequest } from "./shape.ts";
import { precedes } from "./shape-queue.ts";
import { snapshotOf, type PoolSnapshot } from "./snapshot.ts";
import { PoolTicket, type Ticket, type TicketOffice, type Waiter } from "./ticket.ts";

/** How a pool starts. */
export interface PoolOptions {
  /** None if left out; `addNode` adds more. */
  readonly nodes?: readonly PoolNode[] | undefined;
  /** "spread" if left out. */
  readonly placement?: PlacementRule | undefined;
}

const POOL_RULES: Rules<PoolOptions> = { nodes: listOf(structured), placement: oneOf("spread", "pack") };

/** Slots over nodes: enqueue, lease, release, lend, drain. */
export class PoolCore {
  readonly #placement: Placement;
  readonly #scheduler: Scheduler;
  readonly #outbox = new Outbox();
  readonly #nodes = new NodeRegistry();
  #sequence = 0;
  readonly #lessor: Lessor = { takeBack: (lease) => this.#takeBack(lease) };
  readonly #office: TicketOffice = {
    leave: (ticket) => this.#leave(ticket),
    readmit: (ticket) => this.#restore([ticket]),
    whyWaiting: (ticket) => this.#scheduler.whyWaiting(ticket),
  };

  /** @throws what `addNode` throws, of one of `options.nodes`; TypeError or RangeError when an option is wrong or unknown. */
  constructor(options: PoolOptions = {}) {
    checkOptions("PoolCore", options, POOL_RULES);
    const { nodes = [], placement = "spread" } = options;
    this.#placement = new Placement(placement);
    this.#scheduler = new Scheduler(this.#placement, (ticket, node) => this.#grant(ticket, node));
    for (const node of nodes) this.addNode(node);
  }

  /**
   * Asks for a lease. The waiter may be called before this returns: granted where there is room now, refused where no
   * node could ever serve the request.
   *
   * @throws RangeError or TypeError when a number in the request is wrong.
   */
  enqueue<W extends Waiter>(request: PoolRequest, waiter: W): Ticket<W> {
    const ticket = new PoolTicket(this.#office, request, waiter, this.#sequence++);
    this.#admit(ticket);
    this.#outbox.flush();
    return ticket;
  }

  /**
   * Adds a node; it serves at once whoever waits for it.
   *
   * @throws NodeError (duplicate-node) when there is one of that name, draining ones included; RangeError when a number
   *   is wrong or twice there.
   */
  addNode(node: PoolNode): void {
    const state = this.#nodes.add(node);
    this.#placement.add(state);
    this.#scheduler.freed(state);
    this.#outbox.flush();
  }

  /**
   * The node takes no new leases until `resumeNode`: those that it has go on, what only this node could serve waits.
   *
   * @throws NodeError (unknown-node) when there is no such node.
   */
  pauseNode(name: string): void {
    const node = this.#nodes.get(name);
    if (node.phase !== "active") return;
    node.phase = "paused";
    this.#placement.pause(node);
    this.#scheduler.lost(node);
    this.#scheduler.settle();
    this.#outbox.flush();
  }

  /**
   * Ends `pauseNode`: the node serves at once whoever waits for it.
   *
   * @throws NodeError (unknown-node) when there is no such node.
   */
  resumeNode(name: string): void {
    const node = this.#nodes.get(name);
    if (node.phase !== "paused") return;
    node.phase = "active";
    this.#placement.refresh(node);
    this.#scheduler.freed(node);
    this.#outbox.flush();
  }

  /**
   * The node takes no new leases; those it has go on. This is final: to use it again, remove it and add it again.
   * `drained` is called when its last lease is released, at once where it has none, and also when it is removed.
   * Requests that only this node could serve are refused.
   *
   * @throws NodeError (unknown-node) when there is no such node.
   */
  drainNode(name: string, drained?: () => void): void {
    const node = this.#nodes.get(name);
    if (drained !== undefined) this.#nodes.onDrained(node, drained);
    if (node.phase === "active" || node.phase === "paused") {
      node.phase = "draining";
      this.#dismiss(node, new NodeError("node-draining", name));
    }
    this.#noticeDrained(node);
    this.#outbox.flush();
  }

  /**
   * The node serves at most `most` leases at a time from now on, whatever their size; those beyond that go on.
   *
   * @throws NodeError (unknown-node) when there is no such node; RangeError unless `most` is a whole number of at least 1.
   */
  limitLeases(name: string, most: number): void {
    positive(most, "the most leases of a node");
    const node = this.#nodes.get(name);
    node.limitLeases(most);
    this.#placement.refresh(node);
    this.#scheduler.freed(node);
    this.#outbox.flush();
  }

  /**
   * The node is lost, for `reason`: its leases are dead ("lost"), and releasing them does nothing. Requests that only
   * this node could serve are refused.
   *
   * @throws NodeError (unknown-node) when there is no such node.
   */
  removeNode(name: string, reason: string): void {
    const node = this.#nodes.get(name);
    node.phase = "removed";
    node.leases = 0;
    this.#nodes.remove(node);
    this.#dismiss(node, new NodeError("node-removed", name, reason));
    this.#noticeDrained(node);
    this.#outbox.flush();
  }

  /**
   * Lends ahead: takes out of the line, and returns, up to `max` requests that stand at its very front, one after the
   * other, and ask for exactly what `lease` holds; the caller serves them with that lease, and their waiters are not
   * called. None where the front asks for anything else (then somebody waits for these CPUs) or the node does not take
   * leases any more. `lends` picks the waiters that the caller can serve in this way; it must only look.
   */
  takeAhead(lease: Lease, max: number): readonly Ticket[];
  /** The same, of those whose waiters `lends` picks. */
  takeAhead<W extends Waiter>(lease: Lease, max: number, lends: (waiter: Waiter) => waiter is W): readonly Ticket<W>[];
  takeAhead(lease: Lease, max: number, lends: (waiter: Waiter) => boolean = () => true): readonly Ticket[] {
    const taken = this.#scheduler.takeAhead(lease, max, lends);
    this.#outbox.flush();
    return taken;
  }

  /**
   * Puts what `takeAhead` returned back to its original place in line. Tickets that are not "taken" any more are left
   * alone.
   */
  putBack(tickets: readonly Ticket[]): void {
    const own = tickets.filter((ticket) => ticket instanceof PoolTicket);
    this.#restore(own.filter(({ state }) => state === "taken").sort((a, b) => (precedes(a, b) ? -1 : 1)));
    this.#outbox.flush();
  }

  /** The first in line; undefined where nobody waits. */
  front(): Ticket | undefined {
    return this.#scheduler.front();
  }

  /** All who wait, in order; the pool must not change while they are looked at. */
  readonly line = (): Iterable<Ticket> => this.#scheduler.line();

  /** The pool as it is now. Takes as long as there are nodes. */
  snapshot(): PoolSnapshot {
    return snapshotOf(this.#nodes.all, this.#scheduler.earmark, this.#scheduler.waiting);
  }

  #admit(ticket: PoolTicket): void {
    if (this.#scheduler.serveAtOnce(ticket)) return;
    if (this.#placement.couldServe(ticket.shape)) this.#scheduler.join(ticket);
    else this.#refuse(ticket);
  }

  #restore(tickets: Iterable<PoolTicket>): void {
    for (const ticket of new Set(tickets)) {
      ticket.wait();
      if (this.#placement.couldServe(ticket.shape)) this.#scheduler.rejoin(ticket);
      else this.#refuse(ticket);
    }
    this.#scheduler.settle();
  }

  #grant(ticket: PoolTicket, node: NodeState): void {
    const lease = new HeldLease(this.#lessor, node, node.take(ticket.shape));
    this.#placement.refresh(node);
    ticket.grant(lease);
    this.#outbox.push(ticket);
  }

  #refuse(ticket: PoolTicket, cause?: NodeError): void {
    ticket.refuse(refusalOf(ticket.shape, this.#nodes, this.#placement, cause));
    this.#outbox.push(ticket);
  }

  #leave(ticket: PoolTicket): void {
    const wasFirst = this.#scheduler.front() === ticket;
    this.#scheduler.leave(ticket);
    if (wasFirst) this.#scheduler.settle();
    this.#outbox.flush();
  }

  #takeBack({ origin, taken }: HeldLease): void {
    origin.give(taken);
    if (origin.phase === "active") {
      this.#placement.refresh(origin);
      this.#scheduler.freed(origin);
    } else this.#noticeDrained(origin);
    this.#outbox.flush();
  }

  /** `node` serves nobody any more: refuse whom only it could serve, and serve the others elsewhere. */
  #dismiss(node: NodeState, cause: NodeError): void {
    this.#placement.remove(node);
    this.#scheduler.lost(node);
    for (const ticket of this.#scheduler.removeHopeless()) this.#refuse(ticket, cause);
    this.#scheduler.settle();
  }

  #noticeDrained(node: NodeState): void {
    for (const notice of this.#nodes.takeDrained(node)) this.#outbox.push(notice);
  }
}
