/**
 * Nodes in buckets by how many of their CPUs are idle. To find the node with
 * the most idle CPUs, or the fullest one that still has enough, takes the same
 * time for one node and for ten thousand; so does moving a node that changed.
 */
import { IndexSet } from "./index-set.ts";

const ABSENT = -1;

/** Node numbers, each in the bucket of its idle CPUs. */
export class NodeIndex {
  readonly #buckets: (IndexSet | undefined)[] = [];
  readonly #sizes: number[] = [];
  readonly #occupied = new IndexSet();
  readonly #bucketOf: number[] = [];

  /** Puts `node` into the bucket `idle`, from wherever it was. */
  set(node: number, idle: number): void {
    const before = this.#bucketOf[node] ?? ABSENT;
    if (before === idle) return;
    this.#leave(node, before);
    while (this.#bucketOf.length <= node) this.#bucketOf.push(ABSENT);
    this.#bucketOf[node] = idle;
    const size = this.#sizes[idle] ?? 0;
    this.#sizes[idle] = size + 1;
    (this.#buckets[idle] ??= new IndexSet()).add(node);
    if (size === 0) this.#occupied.add(idle);
  }

  /** Takes `node` out; does nothing where it is not in. */
  delete(node: number): void {
    const before = this.#bucketOf[node] ?? ABSENT;
    if (before === ABSENT) return;
    this.#bucketOf[node] = ABSENT;
    this.#leave(node, before);
  }

  /** The most idle CPUs that a node here has, or -1. */
  mostIdle(): number {
    return this.#occupied.last();
  }

  /** The fewest idle CPUs, of at least `cpus`, that a node here has, or -1. */
  leastIdle(cpus: number): number {
    return this.#occupied.firstFrom(cpus);
  }

  /** The lowest node with exactly `idle` idle CPUs, or -1. */
  lowestWith(idle: number): number {
    return this.#buckets[idle]?.first() ?? -1;
  }

  #leave(node: number, bucket: number): void {
    if (bucket === ABSENT) return;
    const size = (this.#sizes[bucket] ?? 0) - 1;
    this.#sizes[bucket] = size;
    this.#buckets[bucket]?.delete(node);
    if (size === 0) this.#occupied.delete(bucket);
  }
}
