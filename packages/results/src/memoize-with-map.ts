/**
 * Hyperion's memoizeWithMap: a function that remembers, across runs of the program and across its
 * concurrent calls.
 */
import { keyText } from "./key-text.ts";
import type { KeyValMap } from "./key-val-map.ts";
import type { Claim, HasResults } from "./results-store.ts";
import { decodeValue } from "./stored-value.ts";
import { encodeComputed, type Computed } from "./value-text.ts";

/**
 * `f(key)`, computed once: where the database has a value for the key, that; otherwise `f` runs and its
 * value is stored. Resolves when the row is durable, after its COMMIT has returned.
 *
 * Equal calls that run at the same time run once. They share the value, and an error that `f` throws
 * (nothing is stored then; a later call runs `f` again). They do not share a cancellation: where the
 * running call's own `env.signal` is aborted, one of the waiting calls runs `f` in its place. A waiting
 * call whose own signal is aborted rejects at once with the signal's reason.
 *
 * A value that fits the schema, and that JSON would change, is not lost where the map has no codec for it: it is kept, the call
 * fails with `not-json`, and so does every later one without computing again, until the map has a codec.
 *
 * `f` must not call itself through the same map with an equal key: it would wait for its own end.
 *
 * @example
 * memoizeWithMap(brackets, (key) => remoteEval(bracketRoot, key), { n: 2, x: 3, eps: 1e-9 })
 *
 * @throws whatever `f` throws; ResultsError `invalid-key`, `invalid-value`, `not-json`, `too-large`,
 *   `unreadable`, or what the database says
 */
export const memoizeWithMap =
  <K, V, R>(
    map: KeyValMap<K, V, unknown>,
    f: (key: NoInfer<K>) => (env: R) => Promise<Value<V>>,
    key: NoInfer<K>,
  ): ((env: R & HasResults) => Promise<V>) =>
  async (env) => {
    const text = await keyText(map, key);
    const claimed = await env.results.claim(map.name, text, env.signal);
    if (claimed.kind !== "mine") return decodeValue(map, text, claimed.value);
    const compute = (): Promise<V> => f(key)(env);
    const keep = (row: string): Promise<void> => env.results.insert(map.name, text, row);
    return fulfilClaim(claimed.claim, compute, (value) => encodeComputed(map, text, value), keep, env.signal);
  };

/** V. The `[]`, which adds nothing to it, lets TypeScript read an array literal that `f` returns as a tuple. */
type Value<V> = NoInfer<V> | (NoInfer<V> & []);

const fulfilClaim = async <V>(
  claim: Claim,
  compute: () => Promise<V>,
  encode: (value: V) => Computed | Promise<Computed>,
  keep: (row: string) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<V> => {
  try {
    const value = await compute();
    const { text, failure } = await encode(value);
    if (failure) {
      await keep(text);
      throw failure;
    }
    await claim.fulfil(text);
    return value;
  } catch (error) {
    if (signal?.aborted) claim.release();
    else claim.fail(error);
    throw error;
  }
};
