/** Times of things that are done once or many times over. */

/** How long `work` takes, in milliseconds. */
export async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** How many a second, when `count` of them are done by `work`. */
export const perSecond = async (count: number, work: () => Promise<unknown>): Promise<number> =>
  (count / (await millisecondsOf(work))) * 1_000;
