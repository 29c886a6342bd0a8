/** Inputs of a group, which ends also while it waits for an input that may never come. */

/**
 * `inputs`, until they end or `signal` aborts. Nobody can end a wait inside of somebody else's iterable: after an abort it
 * is told that no more is wanted, and not waited for.
 */
export const inputsUntil = <A>(
  signal: AbortSignal,
  inputs: Iterable<A> | AsyncIterable<A>,
): Iterable<A> | AsyncIterable<A> =>
  Symbol.asyncIterator in inputs ? asyncInputsUntil(signal, inputs[Symbol.asyncIterator]()) : inputs;

async function* asyncInputsUntil<A>(
  signal: AbortSignal,
  iterator: AsyncIterator<A>,
): AsyncGenerator<A, void, undefined> {
  let phase: "given" | "awaited" | "ended" = "given";
  let wake: (() => void) | undefined;
  const aborted = (): void => wake?.();
  signal.addEventListener("abort", aborted, { once: true });
  try {
    while (!signal.aborted) {
      phase = "awaited";
      // Not Promise.race: a promise of the abort would keep something of each input until the end.
      const next = await new Promise<IteratorResult<A> | undefined>((resolve, reject) => {
        wake = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
      if (next === undefined) return;
      phase = next.done === true ? "ended" : "given";
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", aborted);
    if (phase === "given") await iterator.return?.();
    if (phase === "awaited") iterator.return?.().catch(() => undefined);
  }
}
