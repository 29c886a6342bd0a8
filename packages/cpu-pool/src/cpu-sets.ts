/**
 * Which of a node's CPUs a lease gets. A worker process is bound to its exact
 * set of CPUs, so the pool hands out the sets again that it got back, the last
 * one first: that worker is still warm. Ids that no idle worker sits on come
 * next; a remembered set is broken up only when nothing else is left.
 */
import { IndexSet } from "./index-set.ts";

/** CPU ids that are leased together, ascending. */
export interface CpuSet {
  /** Frozen, and the same array whenever the same set is leased again. */
  readonly ids: readonly number[];
  /** True while the set is wholly free and was never broken up since. */
  remembered: boolean;
}

/** The free CPUs of one node. */
export class CpuSets {
  readonly #free = new IndexSet();
  /** Free ids that are in no remembered set. */
  readonly #loose = new IndexSet();
  readonly #setOf: (CpuSet | undefined)[] = [];
  /** By size; the top was released last. Sets that were broken up are dropped when met. */
  readonly #released: (CpuSet[] | undefined)[] = [];

  constructor(ids: readonly number[]) {
    for (const id of ids) {
      this.#free.add(id);
      this.#loose.add(id);
    }
  }

  /** Takes `count` CPUs. The caller knows that so many are free. */
  take(count: number): CpuSet {
    const set = this.#lastReleased(count);
    if (set === undefined) return { ids: this.#gather(count), remembered: false };
    set.remembered = false;
    for (const id of set.ids) {
      this.#free.delete(id);
      this.#setOf[id] = undefined;
    }
    return set;
  }

  /** Gives back what `take` returned. */
  give(set: CpuSet): void {
    set.remembered = true;
    for (const id of set.ids) {
      this.#free.add(id);
      this.#setOf[id] = set;
    }
    (this.#released[set.ids.length] ??= []).push(set);
  }

  #lastReleased(size: number): CpuSet | undefined {
    const sets = this.#released[size];
    let set = sets?.pop();
    while (set !== undefined && !set.remembered) set = sets?.pop();
    return set;
  }

  #gather(count: number): readonly number[] {
    const ids: number[] = [];
    while (ids.length < count) {
      if (this.#loose.first() < 0) this.#breakUp(this.#free.first());
      const id = this.#loose.first();
      this.#loose.delete(id);
      this.#free.delete(id);
      ids.push(id);
    }
    return Object.freeze(ids.sort((a, b) => a - b));
  }

  #breakUp(id: number): void {
    const set = this.#setOf[id];
    if (set === undefined) throw new Error(`CPU ${id} is taken from a node that has not enough free ones`);
    set.remembered = false;
    for (const member of set.ids) {
      this.#setOf[member] = undefined;
      this.#loose.add(member);
    }
  }
}
