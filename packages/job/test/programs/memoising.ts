/** A program for tests: memoises calls in `dir` and prints each key when its result is acknowledged. */
import { z } from "zod";
import {
  defineRemote,
  forConcurrently_,
  keyValMap,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
} from "../../src/index.ts";

export const slowSquare = defineRemote(import.meta, {
  name: "programs/slow-square",
  input: z.object({ x: z.int(), spin: z.boolean() }),
  output: z.int(),
  run: ({ x, spin }, { log }) => {
    log(`squaring ${x}`);
    const end = performance.now() + (spin ? 600_000 : 2);
    while (performance.now() < end);
    return x * x;
  },
});

export const squares = keyValMap("squares", z.object({ x: z.int(), spin: z.boolean() }), z.int());

if (import.meta.main) {
  const [dir = "", count = "0", spinAt = "-1"] = process.argv.slice(2);
  const inputs = Array.from({ length: Number(count) }, (_, x) => ({ x, spin: x === Number(spinAt) }));
  const job = forConcurrently_(inputs, (input) => async (env) => {
    await memoizeWithMap(squares, (key) => remoteEval(slowSquare, key), input)(env);
    process.stdout.write(`${input.x}\n`);
  });
  await runJobLocal(programInfo(dir), job, { cpus: 2, progress: "none" });
  process.stdout.write("end\n");
}
