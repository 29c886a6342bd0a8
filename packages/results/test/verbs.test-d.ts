/** What compiles and what must not: checked by tsc, never run. */
import { z } from "zod";
import {
  insert,
  keyValMap,
  lookup,
  lookupAll,
  lookupDefault,
  memoizeWithMap,
  openResults,
  type HasResults,
  type KeyValMap,
} from "../src/index.ts";
import { brackets, root } from "./world.ts";

type Key = ReturnType<typeof root>;
type Bracket = [number, number];
type Job<A> = (env: HasResults) => Promise<A>;
interface HasPool {
  readonly pool: string;
}

declare const remote: (key: Key) => (env: HasPool) => Promise<Bracket>;

export const typed: KeyValMap<{ n: number; x: number; eps: number }, Bracket> = brackets;
export const found: Job<Bracket | undefined> = lookup(brackets, root(1));
export const foundOr: Job<Bracket> = lookupDefault(brackets, [0, 1], root(1));
export const all: Job<readonly (readonly [{ n: number; x: number; eps: number }, Bracket])[]> = lookupAll(brackets);
export const added: Job<void> = insert(brackets, root(1), [0, 1]);

// A memoised function needs what the function needs, and a results database.
export const memo: (env: HasResults & HasPool) => Promise<Bracket> = memoizeWithMap(
  brackets,
  (key) => remote(key),
  root(1),
);
export const plain: Job<Bracket> = memoizeWithMap(
  brackets,
  ({ n }) =>
    async () => [n, n],
  root(1),
);
// @ts-expect-error the pool is missing in the environment
export const missing: Job<Bracket> = memoizeWithMap(brackets, (key) => remote(key), root(1));

// Keys are given unparsed and come back parsed.
const transformed = keyValMap(
  "t",
  z.string().transform((text) => text.length),
  z.number(),
);
export const byText: Job<number | undefined> = lookup(transformed, "four");
export const lengths: Job<readonly (readonly [number, number])[]> = lookupAll(transformed);
// @ts-expect-error the parsed form is not what a caller gives
export const byLength = lookup(transformed, 4);

// @ts-expect-error eps is missing in the key
export const wrongKey = lookup(brackets, { n: 1, x: 2 });
// @ts-expect-error a bracket has two ends
export const wrongValue = insert(brackets, root(1), [1, 2, 3]);
// @ts-expect-error the function computes something else
export const wrongFunction = memoizeWithMap(brackets, () => async () => ["1", "2"], root(1));
// @ts-expect-error a codec decodes to the map's values
export const wrongCodec = keyValMap("c", z.string(), z.bigint(), { codec: { encode: String, decode: () => 1 } });

// What is opened to read has the verbs, and nothing of a writer.
export const read: Promise<HasResults["results"]> = openResults({ path: "results.sqlite", readOnly: true });
// @ts-expect-error only a writer has pending rows
export const flushed = openResults({ path: "results.sqlite", readOnly: true }).then((results) => results.flush());
// @ts-expect-error a writer needs a program's id
export const anonymous = openResults({ path: "results.sqlite" });
