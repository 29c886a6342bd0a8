/** Jobs and functions of a program on a login node, which write down what they do, each time that they do it. */
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defineJob, defineRemote, keyValMap, mapConcurrently, memoizeWithMap, remoteEval } from "@hyperion-ts/job";
import { z } from "zod";

const place = z.object({
  /** Where what happens is written down. */
  dir: z.string(),
  /** How long a call takes, in milliseconds. */
  ms: z.number(),
  /** Calls wait until there is such a file in `dir`. */
  until: z.string().optional(),
  /** Calls for smaller numbers don't wait. */
  waitsFrom: z.number().optional(),
});

/** The square of x. */
export const square = defineRemote(import.meta, {
  name: "test/square",
  input: place.extend({ x: z.number() }),
  output: z.number(),
  run: async ({ x, dir, ms, until, waitsFrom = x }, { signal, node }) => {
    appendFileSync(join(dir, "begun"), `${x} ${node}\n`);
    await sleep(ms, undefined, { signal });
    const mayGoOn = (): boolean => until === undefined || x < waitsFrom || existsSync(join(dir, until));
    while (!mayGoOn()) await sleep(50, undefined, { signal });
    if (x < 0) throw new RangeError(`x must not be negative: ${x}`);
    appendFileSync(join(dir, "done"), `${x} ${node}\n`);
    return x * x;
  },
});

const squares = keyValMap("squares", z.number(), square.output);

/** The squares of some numbers, each remembered. */
export const squaresJob = defineJob(import.meta, {
  name: "test/squares",
  input: place.extend({ xs: z.array(z.number()) }),
  output: z.array(z.number()),
  run: ({ xs, ...call }) =>
    mapConcurrently(xs, (x) => memoizeWithMap(squares, (key) => remoteEval(square, { x: key, ...call }), x)),
});

/** The job's values, by what they depend on. */
export const sums = keyValMap("jobs", z.array(z.number()), squaresJob.output);
