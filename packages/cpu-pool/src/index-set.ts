/**
 * A set of small integers that finds its smallest, its largest, or the next
 * one after a given number in a few instructions. The pool uses it for nodes,
 * for CPU ids and for places of GPUs.
 *
 * It is a tree with 32 children per inner node: a word has one bit per number,
 * and another `IndexSet` remembers which words are not empty. 10,000 numbers
 * need three levels, a million need four. Linked lists would be a little
 * quicker, but could not say which member is the *lowest*; with that, every
 * tie between nodes has one answer, which tests can check and people can trust.
 */
export class IndexSet {
  readonly #words = [0];
  #occupied: IndexSet | undefined;

  /** Adds `index`, a whole number of at least 0. Adding twice does nothing. */
  add(index: number): void {
    const at = index >>> 5;
    if (at >= this.#words.length) this.#grow(at + 1);
    const before = this.#word(at);
    this.#words[at] = before | (1 << (index & 31));
    if (before === 0) this.#occupied?.add(at);
  }

  /** Takes `index` out. Does nothing where it is no member. */
  delete(index: number): void {
    const at = index >>> 5;
    const before = this.#word(at);
    const after = before & ~(1 << (index & 31));
    if (after === before) return;
    this.#words[at] = after;
    if (after === 0) this.#occupied?.delete(at);
  }

  /** The smallest member, or -1. */
  first(): number {
    const at = this.#occupied === undefined ? 0 : this.#occupied.first();
    return at < 0 ? -1 : lowest(at, this.#word(at));
  }

  /** The largest member, or -1. */
  last(): number {
    const at = this.#occupied === undefined ? 0 : this.#occupied.last();
    const word = at < 0 ? 0 : this.#word(at);
    return word === 0 ? -1 : at * 32 + 31 - Math.clz32(word);
  }

  /** The smallest member that is at least `index`, or -1. */
  firstFrom(index: number): number {
    const at = index >>> 5;
    const rest = this.#word(at) & (-1 << (index & 31));
    if (rest !== 0) return lowest(at, rest);
    const further = this.#occupied?.firstFrom(at + 1) ?? -1;
    return further < 0 ? -1 : lowest(further, this.#word(further));
  }

  #word(at: number): number {
    return this.#words[at] ?? 0;
  }

  #grow(length: number): void {
    while (this.#words.length < length) this.#words.push(0);
    if (this.#occupied !== undefined) return;
    this.#occupied = new IndexSet();
    if (this.#word(0) !== 0) this.#occupied.add(0);
  }
}

/** The number that the lowest bit of word `at` stands for, or -1. */
const lowest = (at: number, word: number): number => (word === 0 ? -1 : at * 32 + 31 - Math.clz32(word & -word));
