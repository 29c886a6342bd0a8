/**
 * Who is served next, and where. The rules are these few:
 *
 * - Order: higher priority first, then first come first served. Whoever fits
 *   on a node is served at once.
 * - Where the first in line fits nowhere, one node is earmarked for it: large
 *   enough, most idle CPUs, lowest. What comes free there is kept for it alone;
 *   every other node serves the others in order. So a wide request is served
 *   after finitely many releases, and at most one node idles for it.
 * - Should it fit on another node first, it goes there. The earmark ends when
 *   the request is served or leaves, when another request becomes the first
 *   and can't be served either, or when the node leaves; then a new one is made.
 *
 * Between two changes, therefore, nobody in line fits on a node that is not
 * earmarked. After a change only the nodes that it touched need a look, which is
 * why the cost does not depend on the number of nodes.
 */
import type { Lease } from "./lease.ts";
import { isLendable } from "./lending.ts";
import type { NodeState } from "./node-state.ts";
import type { Placement } from "./placement.ts";
import { precedes, type ShapeQueue } from "./shape-queue.ts";
import type { PoolTicket, Waiter } from "./ticket.ts";
import type { WaitReason } from "./wait-reason.ts";
import { WaitingLine } from "./waiting-line.ts";

/** The first request in line, and the node whose free CPUs are kept for it. */
export interface Earmark {
  /** The first in line. */
  readonly ticket: PoolTicket;
  /** No other request is served there. */
  readonly node: NodeState;
}

/** The waiting line over the nodes of a placement. */
export class Scheduler {
  readonly #line = new WaitingLine<PoolTicket>();
  readonly #placement: Placement;
  readonly #grant: (ticket: PoolTicket, node: NodeState) => void;
  /** Nodes on which somebody in line may fit since the last look; perhaps twice. */
  readonly #touched: NodeState[] = [];
  /** Queues whose first may fit anywhere. */
  readonly #touchedQueues = new Set<ShapeQueue<PoolTicket>>();
  #earmark: Earmark | undefined;

  /** `grant` takes from the node at once what the ticket asks for. */
  constructor(placement: Placement, grant: (ticket: PoolTicket, node: NodeState) => void) {
    this.#placement = placement;
    this.#grant = grant;
  }

  /** Undefined where the first in line needs none, or there is no such node. */
  get earmark(): Earmark | undefined {
    return this.#earmark;
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.#line.length;
  }

  /** The first in line; undefined where nobody waits. */
  front(): PoolTicket | undefined {
    return this.#line.front();
  }

  /** All who wait, in their order. */
  line(): Iterable<PoolTicket> {
    return this.#line.members();
  }

  /** Grants `ticket` if it fits somewhere now; says whether it did. */
  serveAtOnce(ticket: PoolTicket): boolean {
    const front = this.#line.front();
    const isFirst = front === undefined || precedes(ticket, front);
    const node = isFirst ? this.#placement.bestOfAll(ticket.shape) : this.#placement.best(ticket.shape);
    if (node !== undefined) this.#grant(ticket, node);
    return node !== undefined;
  }

  /** Puts `ticket`, which `serveAtOnce` could not serve, at its place in line. */
  join(ticket: PoolTicket): void {
    this.#line.insert(ticket);
    if (this.#line.front() === ticket) this.settle();
  }

  /** Puts `ticket` at its place in line, whether it fits or not; to be followed by `settle`. */
  rejoin(ticket: PoolTicket): void {
    this.#line.insert(ticket);
    if (ticket.queue !== undefined) this.#touchedQueues.add(ticket.queue);
  }

  /** Takes `ticket` out of the line; to be followed by `settle`. */
  leave(ticket: PoolTicket): void {
    this.#line.remove(ticket);
  }

  /** Takes out of the line up to `max` of its very front that `lends` picks and that ask for just what `lease` holds; they are "taken". */
  takeAhead(lease: Lease, max: number, lends: (waiter: Waiter) => boolean): readonly PoolTicket[] {
    const taken: PoolTicket[] = [];
    for (let front = this.front(); front !== undefined && taken.length < max; front = this.front()) {
      if (!isLendable(front.shape, lease) || !lends(front.waiter)) break;
      this.leave(front);
      front.take();
      taken.push(front);
    }
    if (taken.length > 0) this.settle();
    return taken;
  }

  /** Takes out of the line, in order, whom no node can serve any more; to be followed by `settle`. */
  removeHopeless(): readonly PoolTicket[] {
    return this.#line.removeAll((shape) => !this.#placement.couldServe(shape));
  }

  /** Something came free on `node`. */
  freed(node: NodeState): void {
    if (this.#line.length === 0) return;
    this.#touched.push(node);
    this.settle();
  }

  /** `node` has left the placement; to be followed by `settle`. */
  lost(node: NodeState): void {
    if (this.#earmark?.node === node) this.#earmark = undefined;
  }

  /** Serves whoever can be served. */
  settle(): void {
    while (this.#serveFront() || this.#serveOther());
  }

  /** Why `ticket` waits, if it does. */
  whyWaiting(ticket: PoolTicket): WaitReason | undefined {
    if (ticket.queue === undefined) return undefined;
    const { shape } = ticket;
    const earmarked = this.#earmark?.node;
    if (earmarked !== undefined && this.#earmark?.ticket === ticket) {
      return { kind: "earmarked", node: earmarked.name, cpus: shape.cpus, idle: earmarked.idle.cpus };
    }
    if (earmarked !== undefined && this.#placement.bestOfAll(shape) === earmarked)
      return { kind: "behind", node: earmarked.name };
    const mostIdle = this.#placement.mostIdleCpus(shape.node);
    if (mostIdle < shape.cpus) return { kind: "no-cpus-free", cpus: shape.cpus, mostIdle };
    return { kind: "no-gpus-or-memory-free", gpus: shape.gpus, memoryMb: shape.memoryMb };
  }

  /** Serves the first in line, or sees to it that a node is earmarked for it. */
  #serveFront(): boolean {
    const front = this.#line.front();
    if (this.#earmark !== undefined && this.#earmark.ticket !== front) this.#endEarmark();
    if (front === undefined) return false;
    const node = this.#placement.bestOfAll(front.shape);
    if (node === undefined) this.#earmark ??= this.#newEarmark(front);
    return this.#serve(front, node);
  }

  /** Serves the first of those who fit on a node that was touched. */
  #serveOther(): boolean {
    const touched = this.#firstOnTouched();
    const ticket = this.#touchedQueues.size === 0 ? touched : this.#firstOfQueues(touched);
    return ticket !== undefined && this.#serve(ticket, this.#placement.best(ticket.shape));
  }

  #serve(ticket: PoolTicket, node: NodeState | undefined): boolean {
    if (node === undefined) return false;
    this.#line.remove(ticket);
    this.#grant(ticket, node);
    return true;
  }

  #endEarmark(): void {
    if (this.#earmark === undefined) return;
    this.#touched.push(this.#earmark.node);
    this.#earmark = undefined;
    this.#placement.reveal();
  }

  #newEarmark(ticket: PoolTicket): Earmark | undefined {
    const node = this.#placement.earmarkable(ticket.shape);
    if (node === undefined) return undefined;
    this.#placement.hide(node);
    return { ticket, node };
  }

  /** The first in line who fits on a touched node; forgets touched nodes that nobody fits on. */
  #firstOnTouched(): PoolTicket | undefined {
    let first: PoolTicket | undefined;
    for (let at = this.#touched.length - 1; at >= 0; at -= 1) {
      const node = this.#touched[at];
      const ticket = node === undefined || node === this.#earmark?.node ? undefined : this.#line.firstFor(node);
      if (ticket === undefined) this.#forgetTouched(at);
      else if (first === undefined || precedes(ticket, first)) first = ticket;
    }
    return first;
  }

  #forgetTouched(at: number): void {
    const last = this.#touched.pop();
    if (last !== undefined && at < this.#touched.length) this.#touched[at] = last;
  }

  /** The first of `than` and of those heads of touched queues who fit somewhere. */
  #firstOfQueues(than: PoolTicket | undefined): PoolTicket | undefined {
    let first = than;
    for (const queue of this.#touchedQueues) {
      const { head } = queue;
      if (head === undefined || this.#placement.best(head.shape) === undefined) this.#touchedQueues.delete(queue);
      else if (first === undefined || precedes(head, first)) first = head;
    }
    return first;
  }
}
