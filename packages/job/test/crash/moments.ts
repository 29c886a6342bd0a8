/** The moments at which a program is killed: at random, but the same again for the same seed. */

/** When a program is killed. `acknowledged` counts the keys that it acknowledges beyond those that were stored before. */
export type Moment =
  /** So long after its start: while it loads, opens its database and starts its agent. */
  | { readonly kind: "starting"; readonly delayMs: number }
  /** So long after so many acknowledgements. */
  | { readonly kind: "running"; readonly acknowledged: number; readonly delayMs: number }
  /** Between a COMMIT and the acknowledgement of what it stored: the first COMMIT after so many acknowledgements. */
  | { readonly kind: "committed"; readonly acknowledged: number };

const MAX_ACKNOWLEDGED = 40;
const MAX_DELAY_MS = 20;
const MAX_START_MS = 500;

/** So many moments of each kind, in random order. */
export function randomMoments(seed: number, counts: Readonly<Record<Moment["kind"], number>>): readonly Moment[] {
  const random = randomNumbers(seed);
  const upTo = (max: number): number => Math.floor(random() * (max + 1));
  const several = (count: number, make: () => Moment): Moment[] => Array.from({ length: count }, make);
  const moments = [
    ...several(counts.starting, () => ({ kind: "starting", delayMs: upTo(MAX_START_MS) })),
    ...several(counts.running, () => ({
      kind: "running",
      acknowledged: upTo(MAX_ACKNOWLEDGED),
      delayMs: upTo(MAX_DELAY_MS),
    })),
    ...several(counts.committed, () => ({ kind: "committed", acknowledged: upTo(MAX_ACKNOWLEDGED) })),
  ];
  return moments
    .map((moment) => ({ moment, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ moment }) => moment);
}

/** Numbers from 0 to 1, by Tommy Ettinger's mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
