/**
 * Hyperion's memoizeWithMap: a function that remembers, across runs of the program and across its
 * concurrent calls.
 */
import type { KeyValMap } from "./key-val-map.ts";
import { loadMapRows, mapRows } from "./load-map-rows.ts";
import { databaseFor } from "./map-verbs.ts";
import type { Claim, HasCodeNotes, HasResults } from "./results-store.ts";
import type { FunctionCodes } from "./row-origins.ts";
import type { ComputedText } from "./value-to-text.ts";

/**
 * `f(key)`, computed once: where the database has a value for the key, that; otherwise `f` runs and its
 * value is stored. Resolves when the row is durable, after its COMMIT has returned.
 *
 * Equal calls that run at the same time run once, also those of other jobs whose databases have the same arbiter. They share the value, and an error that `f` throws
 * (nothing is stored then; a later call runs `f` again). They do not share a cancellation: where the
 * running call's own `env.signal` is aborted, one of the waiting calls runs `f` in its place. A waiting
 * call whose own signal is aborted rejects at once with the signal's reason.
 *
 * A value that fits the schema, and that JSON would change, is not lost where the map has no codec for it: it is kept, the call
 * fails with `not-json`, and so does every later one without computing again, until the map has a codec.
 *
 * `f` must not call itself through the same map with an equal key: it would wait for its own end.
 *
 * A value that was computed before a remote function in `f` was changed is a value all the same, unless `code` is `"same"`: then
 * it is computed again, and so is one of which nobody knows with which code it was computed. What `f` does beside remote
 * calls is not compared.
 *
 * @example
 * memoizeWithMap(brackets, (key) => remoteEval(bracketRoot, key), { n: 2, x: 3, eps: 1e-9 })
 *
 * @throws whatever `f` throws
 * @throws ResultsError `invalid-key`, `invalid-value`, `not-json`, `too-large` or `unreadable` when the key or the value can't
 *   be stored or read, or what the database says
 */
export const memoizeWithMap =
  <K, V, R>(
    map: KeyValMap<K, V, unknown>,
    f: (key: NoInfer<K>) => (env: R) => Promise<Value<V>>,
    key: NoInfer<K>,
    { code = "any" }: MemoizeOptions = {},
  ): ((env: R & HasResults) => Promise<V>) =>
  async (env) => {
    const results = databaseFor("memoizeWithMap", map, env);
    const { keyText, valueFromText, computedToText } = mapRows() ?? (await loadMapRows());
    const text = await keyText(map, key);
    const answer = await results.claim(map.name, text, { signal: env.signal, code });
    if (answer.kind !== "mine") {
      passOn(answer.codes, env);
      return valueFromText(map, text, answer.value);
    }
    return fulfilClaim(answer.claim, {
      compute: () => jobFor(map, f(key))({ ...env, noteCode: noteFor(map.name, env) }),
      toText: (value) => computedToText(map, text, value),
      keep: (row) => results.insert(map.name, text, row),
      signal: env.signal,
    });
  };

/** How a value is remembered. */
export interface MemoizeOptions {
  /** Which remembered values count: `"any"`, or only those that today's code of the remote functions in `f` has computed (`"same"`). Default `"any"`. */
  readonly code?: "any" | "same";
}

/** A value that is computed out of other remembered ones depends on the functions of these, too. */
const noteFor =
  (map: string, { results, noteCode }: HasResults): HasCodeNotes["noteCode"] =>
  (functionName, hash) => {
    results.noteCode(map, functionName, hash);
    noteCode?.(functionName, hash);
  };

function passOn(codes: FunctionCodes, { noteCode }: HasResults): void {
  if (noteCode !== undefined) for (const [functionName, hash] of codes) noteCode(functionName, hash);
}

/** What `f` gave, which may be something else where no compiler has looked. */
function jobFor<R, V>({ name }: { readonly name: string }, job: (env: R) => Promise<V>): (env: R) => Promise<V> {
  if (typeof job === "function") return job;
  // It may fail, too, and nobody waits for it.
  Promise.resolve<unknown>(job).catch(() => undefined);
  throw new TypeError(
    `memoizeWithMap of ${JSON.stringify(name)}: the function must return a job, and it returned no function: drop "async" before it and return the job itself, as in (key) => remoteEval(f, key)`,
  );
}

/** V. The `[]`, which adds nothing to it, lets TypeScript read an array literal that `f` returns as a tuple. */
type Value<V> = NoInfer<V> | (NoInfer<V> & []);

/** How the value of a claim comes about. */
interface Computation<V> {
  readonly compute: () => Promise<V>;
  /** The row of the value, checked. */
  readonly toText: (value: V) => ComputedText | Promise<ComputedText>;
  /** Stores a row whose call fails all the same. */
  readonly keep: (row: string) => Promise<void>;
  /** Aborts the computation; the claim is then left to those who wait. */
  readonly signal: AbortSignal | undefined;
}

async function fulfilClaim<V>(claim: Claim, { compute, toText, keep, signal }: Computation<V>): Promise<V> {
  try {
    const value = await compute();
    const { text, failure } = await toText(value);
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
}
