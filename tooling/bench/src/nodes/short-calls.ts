/** A job of many short calls, each remembered, as a user would write it: it says how long they took. */
import { defineJob, type JobEnv, keyValMap, mapConcurrently, memoizeWithMap, remoteEval } from "@hyperion-ts/job";
import { z } from "zod";
import { square } from "../functions.ts";

const squares = keyValMap("bench_squares", square.input, square.output);

/** From when a worker has answered. */
export const shortCalls = defineJob(import.meta, {
  name: "bench/short-calls",
  /** The first number to be squared, and how many. */
  input: z.object({ from: z.int(), count: z.int() }),
  output: z.object({
    /** In milliseconds. */
    ms: z.number(),
    /** CPU time of the head's process meanwhile, in milliseconds: the load of the machine changes it less. */
    headMs: z.number(),
  }),
  run:
    ({ from, count }) =>
    async (env: JobEnv) => {
      await one(from)(env);
      const before = performance.now();
      const cpuBefore = process.cpuUsage();
      await mapConcurrently(
        Array.from({ length: count }, (_, i) => from + 1 + i),
        one,
      )(env);
      const { user, system } = process.cpuUsage(cpuBefore);
      return { ms: performance.now() - before, headMs: (user + system) / 1_000 };
    },
});

const one = (x: number) => memoizeWithMap(squares, (key: number) => remoteEval(square, key), x);
