/**
 * Finds which of many queues holds the very first request in line: a binary
 * heap, ordered by the head of each queue. (There are many queues when each
 * node has requests that only it can serve.)
 */
import { precedes, type Queued, type ShapeQueue } from "./shape-queue.ts";

/** Queues that are not empty. */
export class QueueHeap<T extends Queued<T>> {
  readonly #queues: ShapeQueue<T>[] = [];

  /** The queue whose head is first in line. */
  top(): ShapeQueue<T> | undefined {
    return this.#queues[0];
  }

  /** Puts in `queue`, which is not empty. */
  add(queue: ShapeQueue<T>): void {
    this.#put(queue, this.#queues.length);
    this.#rise(queue);
  }

  /** To be called when the head of `queue` has changed. */
  update(queue: ShapeQueue<T>): void {
    this.#rise(queue);
    this.#sink(queue);
  }

  /** Takes `queue` out, where it has become empty. */
  delete(queue: ShapeQueue<T>): void {
    const last = this.#queues.pop();
    if (last === undefined || last === queue) return;
    this.#put(last, queue.heapIndex);
    this.update(last);
  }

  #rise(queue: ShapeQueue<T>): void {
    while (queue.heapIndex > 0) {
      const parent = this.#queues[(queue.heapIndex - 1) >> 1];
      if (parent === undefined || !isBefore(queue, parent)) return;
      this.#swap(queue, parent);
    }
  }

  #sink(queue: ShapeQueue<T>): void {
    for (;;) {
      const child = this.#firstChild(queue.heapIndex);
      if (child === undefined || !isBefore(child, queue)) return;
      this.#swap(child, queue);
    }
  }

  #firstChild(index: number): ShapeQueue<T> | undefined {
    const left = this.#queues[2 * index + 1];
    const right = this.#queues[2 * index + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
  }

  #swap(a: ShapeQueue<T>, b: ShapeQueue<T>): void {
    const index = a.heapIndex;
    this.#put(a, b.heapIndex);
    this.#put(b, index);
  }

  #put(queue: ShapeQueue<T>, index: number): void {
    this.#queues[index] = queue;
    queue.heapIndex = index;
  }
}

const isBefore = <T extends Queued<T>>(a: ShapeQueue<T>, b: ShapeQueue<T>): boolean =>
  a.head !== undefined && b.head !== undefined && precedes(a.head, b.head);
