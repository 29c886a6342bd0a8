/**
 * The root search of Hyperion's documentation: one remote function, the job that calls it for many points, the maps that
 * remember what both give, and the program that calls the job. Workers import this file, so it only defines; main.ts
 * starts the program.
 */
import { type Cluster, remoteEvalJob, setJobType } from "@hyperion-ts/cluster";
import {
  defineJob,
  defineRemote,
  forConcurrently,
  type Job,
  keyValMap,
  local,
  mapConcurrently,
  memoizeWithMap,
  remoteEval,
  setTaskCpus,
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
export const brackets = keyValMap("binary_root_search", rootKey, bracketRoot.output);

const rootRow = rootKey.pick({ n: true, x: true }).extend({ low: z.number(), high: z.number() });

/** One line of the result: which root, of what, and where its bracket begins and ends. */
export type RootRow = z.infer<typeof rootRow>;

const rootsKey = rootKey.pick({ n: true, eps: true }).extend({ points: z.array(rootKey.shape.x) });

/** The n-th roots of all points. Each point is one call, unless it is known from an earlier run. */
export const rootsJob = defineJob(import.meta, {
  name: "roots/job",
  input: rootsKey.extend({
    workMs: bracketRoot.input.shape.workMs,
    /** How many CPUs each call has. */
    cpusPerTask: z.int().positive().default(1),
  }),
  output: z.array(rootRow),
  run: ({ n, points, eps, workMs, cpusPerTask }) =>
    local(
      setTaskCpus(cpusPerTask),
      mapConcurrently(points, (x) => root({ n, x, eps }, workMs)),
    ),
});

function root({ n, x, eps }: z.infer<typeof rootKey>, workMs: number): Job<RootRow> {
  return async (env) => {
    const compute = (key: z.infer<typeof rootKey>) => remoteEval(bracketRoot, { ...key, workMs });
    const [low, high] = await memoizeWithMap(brackets, compute, { n, x, eps })(env);
    return { n, x, low, high };
  };
}

/** What jobs gave: a job that is done is not submitted again. */
const done = keyValMap("root_jobs", rootsKey, rootsJob.output);

/** What to search. */
export interface RootSearch {
  /** Of which numbers. */
  readonly points: readonly number[];
  /** How long a bracket may be at most. */
  readonly eps: number;
  /** How long each call takes at least, in milliseconds. */
  readonly workMs: number;
  /** How many CPUs each call has. */
  readonly cpusPerTask: number;
}

/** Brackets of the square, cube and fourth roots of all points: three jobs at once. With Slurm each has two nodes. */
export const rootTable = ({ points, eps, workMs, cpusPerTask }: RootSearch): Cluster<RootRow[][]> =>
  local(
    setJobType({ nodes: 2, nTasksPerNode: 2 }),
    forConcurrently([2, 3, 4], (n) =>
      memoizeWithMap(done, (key) => remoteEvalJob(rootsJob, { ...key, workMs, cpusPerTask }), {
        n,
        points: [...points],
        eps,
      }),
    ),
  );

// Synchronous, as number crunching is: when such a worker must end, its agent ends it.
function repeatFor<A>(workMs: number, search: () => A): A {
  const endMs = performance.now() + workMs;
  let found = search();
  while (performance.now() < endMs) found = search();
  return found;
}
