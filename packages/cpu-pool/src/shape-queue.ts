/**
 * All waiting requests of one shape. They are equal to the pool, so only the
 * first of them is ever looked at: 100,000 equal requests cost as much as one.
 */
import { Lane, type Linked } from "./lane.ts";
import type { Shape } from "./shape.ts";

/** What the waiting line needs of its members. Only the line writes `queue`. */
export interface Queued<T extends Queued<T>> extends Linked<T> {
  /** What it asks for. */
  readonly shape: Shape;
  /** Higher goes first. */
  readonly priority: number;
  /** Where it waits; undefined while it does not. */
  queue: ShapeQueue<T> | undefined;
}

/** True where `a` is served before `b`: higher priority, then earlier. */
export const precedes = <T extends Queued<T>>(a: T, b: T): boolean =>
  a.priority > b.priority || (a.priority === b.priority && a.sequence < b.sequence);

/** The waiting requests of one shape: a lane for each priority. */
export class ShapeQueue<T extends Queued<T>> {
  /** What all members ask for. */
  readonly shape: Shape;
  /** Its place in the heap of queues; only the heap writes it. */
  heapIndex = -1;
  /** Ascending, so that the first to serve is last and leaves cheaply. None is empty. */
  readonly #lanes: Lane<T>[] = [];

  constructor(shape: Shape) {
    this.shape = shape;
  }

  /** Who is served first; undefined where the queue is empty. */
  get head(): T | undefined {
    return this.#lanes.at(-1)?.head;
  }

  /** All members, as they are served. The queue must not change meanwhile. */
  *members(): Generator<T> {
    for (let at = this.#lanes.length - 1; at >= 0; at -= 1)
      for (let member = this.#lanes[at]?.head; member !== undefined; member = member.next) yield member;
  }

  /** Puts `member` at its place. */
  insert(member: T): void {
    member.queue = this;
    this.#laneFor(member.priority).insert(member);
  }

  /** Takes `member`, which is in this queue, out of it. */
  remove(member: T): void {
    member.queue = undefined;
    const lane = this.#laneFor(member.priority);
    lane.remove(member);
    if (lane.head === undefined) this.#lanes.splice(this.#position(member.priority), 1);
  }

  #laneFor(priority: number): Lane<T> {
    const at = this.#position(priority);
    const there = this.#lanes[at];
    if (there?.priority === priority) return there;
    const lane = new Lane<T>(priority);
    this.#lanes.splice(at, 0, lane);
    return lane;
  }

  /** Where the lane of `priority` is or belongs. */
  #position(priority: number): number {
    let low = 0;
    let high = this.#lanes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lanes[middle]?.priority ?? Infinity) < priority) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
