/**
 * Measures several things in turns, A B A B ..., so that a change in the load of the machine meets all of them alike.
 * What is compared is always measured like this.
 */

export type Measure = () => number | Promise<number>;

/** The samples of each measure, one a round. */
export async function inTurns<K extends string>(
  rounds: number,
  measures: Readonly<Record<K, Measure>>,
): Promise<Readonly<Record<K, readonly number[]>>> {
  const samples: Partial<Record<K, number[]>> = {};
  const names = Object.keys(measures) as K[];
  for (const name of names) samples[name] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) samples[name]?.push(await measures[name]());
  }
  return samples as Record<K, number[]>;
}
