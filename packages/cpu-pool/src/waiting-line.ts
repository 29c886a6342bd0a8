/**
 * The waiting line: priority first, then first come first served, over
 * requests of many shapes. One queue per shape; what has to be done when CPUs
 * come free grows with the number of shapes that wait, not of requests.
 */
import { QueueHeap } from "./queue-heap.ts";
import { sameAmounts, type Shape } from "./shape.ts";
import { precedes, ShapeQueue, type Queued } from "./shape-queue.ts";

/** A node, as the line sees it. */
export interface Room {
  /** What requests call it that will have no other. */
  readonly name: string;
  /** Whether a request of this shape can be served there now. */
  fits(shape: Shape): boolean;
}

/** Waiting requests in their order. */
export class WaitingLine<T extends Queued<T>> {
  readonly #queues = new Map<string, ShapeQueue<T>>();
  readonly #heap = new QueueHeap<T>();
  readonly #anywhere = new Set<ShapeQueue<T>>();
  readonly #byNode = new Map<string, Set<ShapeQueue<T>>>();
  #length = 0;
  /** The queue that was used last: mostly the next one too, and found without its key. */
  #recent: ShapeQueue<T> | undefined;

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  /** The request that is served before all others. */
  front(): T | undefined {
    return this.#heap.top()?.head;
  }

  /** All who wait, in their order; each costs as many looks as there are shapes. The line must not change meanwhile. */
  *members(): Generator<T> {
    const heads = [...this.#queues.values()].map((queue) => queue.members());
    const next = heads.map((members) => members.next());
    for (;;) {
      let first: { readonly at: number; readonly member: T } | undefined;
      for (const [at, { done, value: member }] of next.entries())
        if (done !== true && (first === undefined || precedes(member, first.member))) first = { at, member };
      if (first === undefined) return;
      yield first.member;
      next[first.at] = heads[first.at]?.next() ?? { done: true, value: undefined };
    }
  }

  /** Puts `member` at its place in the order, which may be before others. */
  insert(member: T): void {
    const queue = this.#queueFor(member.shape);
    const empty = queue.head === undefined;
    queue.insert(member);
    this.#length += 1;
    if (empty) this.#heap.add(queue);
    else if (queue.head === member) this.#heap.update(queue);
  }

  /** Takes `member` out from wherever it stands. */
  remove(member: T): void {
    const { queue } = member;
    if (queue === undefined) return;
    const wasHead = queue.head === member;
    queue.remove(member);
    this.#length -= 1;
    if (queue.head === undefined) this.#drop(queue);
    else if (wasHead) this.#heap.update(queue);
  }

  /** The first in line of those that `node` may serve and has room for. */
  firstFor(node: Room): T | undefined {
    const anywhere = firstOf(this.#anywhere, node, undefined);
    const bound = this.#byNode.size === 0 ? undefined : this.#byNode.get(node.name);
    return bound === undefined ? anywhere : firstOf(bound, node, anywhere);
  }

  /** Takes out everyone whose shape is `hopeless`; returns them in order. */
  removeAll(hopeless: (shape: Shape) => boolean): readonly T[] {
    const out: T[] = [];
    for (const queue of [...this.#queues.values()].filter(({ shape }) => hopeless(shape))) {
      for (let head = queue.head; head !== undefined; head = queue.head) {
        this.remove(head);
        out.push(head);
      }
    }
    return out.sort((a, b) => (precedes(a, b) ? -1 : 1));
  }

  #queueFor(shape: Shape): ShapeQueue<T> {
    const recent = this.#recent;
    if (recent !== undefined && recent.shape.node === shape.node && sameAmounts(recent.shape, shape)) return recent;
    const key = keyOf(shape);
    const queue = this.#queues.get(key) ?? this.#open(key, shape);
    this.#recent = queue;
    return queue;
  }

  #open(key: string, shape: Shape): ShapeQueue<T> {
    const queue = new ShapeQueue<T>(shape);
    this.#queues.set(key, queue);
    this.#siblings(shape.node).add(queue);
    return queue;
  }

  #drop(queue: ShapeQueue<T>): void {
    const { node } = queue.shape;
    const siblings = this.#siblings(node);
    this.#queues.delete(keyOf(queue.shape));
    this.#heap.delete(queue);
    siblings.delete(queue);
    if (node !== undefined && siblings.size === 0) this.#byNode.delete(node);
    if (this.#recent === queue) this.#recent = undefined;
  }

  #siblings(node: string | undefined): Set<ShapeQueue<T>> {
    if (node === undefined) return this.#anywhere;
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const siblings = new Set<ShapeQueue<T>>();
    this.#byNode.set(node, siblings);
    return siblings;
  }
}

const keyOf = ({ cpus, gpus, memoryMb, node }: Shape): string => `${cpus} ${gpus} ${memoryMb} ${node ?? ""}`;

function firstOf<T extends Queued<T>>(queues: Iterable<ShapeQueue<T>>, node: Room, than: T | undefined): T | undefined {
  let first = than;
  for (const { head, shape } of queues) {
    if (head !== undefined && (first === undefined || precedes(head, first)) && node.fits(shape)) first = head;
  }
  return first;
}
