/** Numbers at random, but the same again for the same seed. */

/** A source of random choices. */
export class Random {
  #state: number;

  /** The same seed makes the same choices. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 to 1, 1 excluded: Tommy Ettinger's mulberry32. */
  number(): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.number() * (most - least + 1));
  }

  /** @throws RangeError when there is nothing to choose from */
  oneOf<A>(choices: readonly A[]): A {
    const [choice] = choices.slice(this.between(0, choices.length - 1));
    if (choice === undefined) throw new RangeError("There is nothing to choose from");
    return choice;
  }

  /** `count` of them, or all, in random order. */
  some<A>(count: number, choices: readonly A[]): A[] {
    return choices
      .map((choice) => ({ choice, place: this.number() }))
      .toSorted((a, b) => a.place - b.place)
      .slice(0, count)
      .map(({ choice }) => choice);
  }
}

/** The seed of one round: another one for each campaign, fault and round. (FNV-1a) */
export function seedOf(campaign: number, fault: string, round: number): number {
  let hash = 0x81_1c_9d_c5;
  for (const byte of Buffer.from(`${campaign} ${fault} ${round}`)) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  return hash >>> 0;
}
