/**
 * Hyperion's memoizeWithMap: a function that remembers, across runs of the program and across its
 * concurrent calls.
 */
import { keyText } from "./key-text.ts";
import type { KeyValMap } from "./key-val-map.ts";
import type { Claim, HasResults } from "./results-store.ts";
import { decodeValue } from "./stored-value.ts";
import { encodeValue } from "./value-text.ts";

/**
 * `f(key)`, computed once: where the database has a value for the key, that; otherwise `f` runs and its
 * value is stored. Resolves when the row is durable, after its COMMIT has returned.
 *
 * Equal calls that run at the same time run once. They share the value, and an error that `f` throws
 * (nothing is stored then; a later call runs `f` again). They do not share a cancellation: where the
 * running call's own `env.signal` is aborted, one of the waiting calls runs `f` in its place. A waiting
 * call whose own signal is aborted rejects at once with the signal's reason.
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
    const compute = (): Promise<V> => jobFor(map, f(key))(env);
    return fulfilClaim(claimed.claim, compute, (value) => encodeValue(map, text, value), env.signal);
  };

/** What `f` gave, which may be something else where no compiler has looked. */
const jobFor = <R, V>({ name }: { readonly name: string }, job: (env: R) => Promise<V>): ((env: R) => Promise<V>) => {
  if (typeof job === "function") return job;
  // It may fail, too, and nobody waits for it.
  Promise.resolve<unknown>(job).catch(() => undefined);
  throw new TypeError(`memoizeWithMap of ${JSON.stringify(name)}: the function must return a job, and it returned no function: drop "async" before it and return the job itself, as in (key) => remoteEval(f, key)`);
};

/** V. The `[]`, which adds nothing to it, lets TypeScript read an array literal that `f` returns as a tuple. */
type Value<V> = NoInfer<V> | (NoInfer<V> & []);

const fulfilClaim = async <V>(
  claim: Claim,
  compute: () => Promise<V>,
  encode: (value: V) => string | Promise<string>,
  signal: AbortSignal | undefined,
): Promise<V> => {
  try {
    const value = await compute();
    await claim.fulfil(await encode(value));
    return value;
  } catch (error) {
    if (signal?.aborted) claim.release();
    else claim.fail(error);
    throw error;
  }
};
