/**
 * Waiting requests of one shape and one priority, first come first served: a
 * linked list, so that anyone can leave at once from anywhere in it.
 */

/** What a lane needs of its members. Only the lane writes the two links. */
export interface Linked<T> {
  /** Grows with every request; the order of coming. */
  readonly sequence: number;
  /** Who came before it and waits in the same lane. */
  previous: T | undefined;
  /** Who came after it and waits in the same lane. */
  next: T | undefined;
}

/** A doubly linked list in order of `sequence`. */
export class Lane<T extends Linked<T>> {
  /** That of all members. */
  readonly priority: number;
  #head: T | undefined;
  #tail: T | undefined;

  constructor(priority: number) {
    this.priority = priority;
  }

  /** Who has waited longest; undefined where the lane is empty. */
  get head(): T | undefined {
    return this.#head;
  }

  /** Puts `member` at its place: quick at the end and near the front. */
  insert(member: T): void {
    const before = this.#placeOf(member);
    const after = before === undefined ? this.#head : before.next;
    member.previous = before;
    member.next = after;
    if (before === undefined) this.#head = member;
    else before.next = member;
    if (after === undefined) this.#tail = member;
    else after.previous = member;
  }

  /** Takes `member`, which is in this lane, out of it. */
  remove(member: T): void {
    const { previous, next } = member;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#tail = previous;
    else next.previous = previous;
    member.previous = undefined;
    member.next = undefined;
  }

  /** The last member that came before `member`. */
  #placeOf(member: T): T | undefined {
    if (this.#tail === undefined || this.#tail.sequence < member.sequence) return this.#tail;
    let after = this.#head;
    while (after !== undefined && after.sequence < member.sequence) after = after.next;
    return after?.previous;
  }
}
