/**
 * The root search of Hyperion's documentation: one remote function, the map that remembers its results, and
 * the jobs that call it. Workers import this file, so it only defines; main.ts starts the program.
 */
import {
  defineRemote,
  forConcurrently,
  type Job,
  keyValMap,
  mapConcurrently,
  memoizeWithMap,
  remoteEval,
} from "@hyperion-ts/job";
import { z } from "zod";
import { bisect } from "./bisect.ts";

const rootKey = z.object({
  /** Which root. */
  n: z.int().positive(),
  /** Of what. */
  x: z.number().nonnegative(),
  /** How wide the bracket may be. */
  eps: z.number().positive(),
});

/** Brackets the n-th root of x: `low ** n <= x <= high ** n`. */
export const bracketRoot = defineRemote(import.meta, {
  name: "roots/bracket",
  input: rootKey.extend({
    /** How long the search is repeated, in milliseconds: it stands for one that is hard. */
    workMs: z.number().nonnegative().default(0),
  }),
  output: z.tuple([z.number(), z.number()]),
  run: ({ n, x, eps, workMs }, { log }) => {
    log(`searching root ${n} of ${x}`);
    return repeatFor(workMs, () => bisect((y) => y ** n, x, [0, Math.max(1, x)], eps));
  },
});

/** All brackets that were ever computed, by what they depend on; how long that took is not among it. */
const brackets = keyValMap("binary_root_search", rootKey, bracketRoot.output);

/** What to search. */
export interface RootSearch {
  /** Of which numbers. */
  readonly points: readonly number[];
  /** How long a bracket may be at most. */
  readonly eps: number;
  /** How long each call takes at least, in milliseconds. */
  readonly workMs: number;
}

/** One line of the result. */
export interface RootRow {
  /** Which root: 2 is the square root. */
  readonly n: number;
  /** The number that it is of. */
  readonly x: number;
  /** Where its bracket begins. */
  readonly low: number;
  /** Where its bracket ends. */
  readonly high: number;
}

/** Brackets of the n-th roots of all points; each point is one call, unless it is known from an earlier run. */
export const roots = (n: number, { points, eps, workMs }: RootSearch): Job<RootRow[]> =>
  mapConcurrently(points, (x) => async (env) => {
    const compute = (key: z.infer<typeof rootKey>) => remoteEval(bracketRoot, { ...key, workMs });
    const [low, high] = await memoizeWithMap(brackets, compute, { n, x, eps })(env);
    return { n, x, low, high };
  });

/** Brackets of the square, cube and fourth roots of all points, all at once. */
export const rootTable =
  (search: RootSearch): Job<RootRow[]> =>
  async (env) =>
    (await forConcurrently([2, 3, 4], (n) => roots(n, search))(env)).flat();

// Synchronous, as number crunching is: when such a worker must end, its agent ends it.
function repeatFor<A>(workMs: number, search: () => A): A {
  const endMs = performance.now() + workMs;
  let found = search();
  while (performance.now() < endMs) found = search();
  return found;
}
