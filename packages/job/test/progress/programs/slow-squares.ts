/** A program as people write it: squares of a few numbers, remembered. Arguments: its directory, milliseconds a call, the numbers; a negative one fails. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  defineRemote,
  forConcurrently,
  type Job,
  keyValMap,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
} from "../../../src/index.ts";

export const slowSquare = defineRemote(import.meta, {
  name: "test/slow-square",
  input: z.object({ x: z.number(), ms: z.number() }),
  output: z.number(),
  run: async ({ x, ms }, { signal }) => {
    if (x < 0) throw new RangeError("x must not be negative");
    await sleep(ms, undefined, { signal });
    return x * x;
  },
});

export const squares = keyValMap("squares", slowSquare.input, slowSquare.output);

if (import.meta.main) {
  const [dir = "out", ms, ...numbers] = process.argv.slice(2);
  const square =
    (x: number): Job<void> =>
    async (env) => {
      const result = await memoizeWithMap(squares, (key) => remoteEval(slowSquare, key), { x, ms: Number(ms) })(env);
      console.log(`${x} squared is ${result}`);
    };
  const job: Job<unknown> = async (env) => {
    console.log("The job has begun");
    return await forConcurrently(numbers.map(Number), square)(env);
  };
  try {
    await runJobLocal(programInfo(dir), job, { cpus: 2 });
  } catch {
    process.exitCode = 1;
  }
}
