/** Which name somebody meant who mistyped one. */

/** The nearest of `names`, if it is near enough that it may be meant: a third of its letters differ at most, the case not counted. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  // Nobody mistypes a whole page, and the cost grows with its length.
  if (typed.length > 64) return undefined;
  const distances = names.map((name) => ({ name, distance: distance(typed.toLowerCase(), name.toLowerCase()) }));
  const [nearest] = distances.toSorted((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance <= Math.ceil(nearest.name.length / 3) ? nearest.name : undefined;
}

/** How many letters have to be put in, taken out or changed to make `b` of `a` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split("").entries())
      next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
}
