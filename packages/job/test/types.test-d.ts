/** What must not compile, and what must. Checked by `tsc -p tsconfig.test.json`. */
import { z } from "zod";
import { defineRemote, type HasSignal, type HasWorkers, type Job, keyValMap, local, mapConcurrently, memoizeWithMap, remoteEval, remoteEvalM, setTaskCpus } from "../src/index.ts";

const pair = defineRemote(import.meta, {
  name: "types/pair",
  input: z.object({ n: z.number() }),
  output: z.tuple([z.number(), z.number()]),
  // A tuple, not an array of numbers: the output's type reaches the function.
  run: ({ n }) => [n, n],
});

export const good: Job<[number, number], HasWorkers> = remoteEval(pair, { n: 1 });
export const goodM: Job<[number, number], HasWorkers> = remoteEvalM(pair, async () => ({ n: 1 }));
export const inAnyJob: Job<[number, number][]> = local(setTaskCpus(4), mapConcurrently([1, 2], (n) => remoteEval(pair, { n })));

// @ts-expect-error a wrong input
remoteEval(pair, { n: "1" });
// @ts-expect-error an input with a part missing
remoteEval(pair, {});
// @ts-expect-error a wrong input that is computed late
remoteEvalM(pair, async () => ({ n: "1" }));
// @ts-expect-error a wrong use of a result
export const wrongResult: Job<string> = remoteEval(pair, { n: 1 });
// @ts-expect-error a missing capability: nobody launches workers in this environment
void remoteEval(pair, { n: 1 })({ signal: new AbortController().signal } satisfies HasSignal);
// @ts-expect-error a wrong output
defineRemote(import.meta, { name: "types/wrong-output", input: z.number(), output: z.string(), run: (n) => n });
// @ts-expect-error a function without a name
defineRemote(import.meta, { input: z.number(), output: z.number(), run: (n) => n });

const memo = keyValMap("types", pair.input, pair.output);
export const remembered: Job<[number, number]> = memoizeWithMap(memo, (key) => remoteEval(pair, key), { n: 1 });
// @ts-expect-error a key of another map
memoizeWithMap(memo, (key) => remoteEval(pair, key), { m: 1 });

// Transforming schemas: the caller gives what the schema takes in, the function gets what it gives out.
const doubled = defineRemote(import.meta, {
  name: "types/doubled",
  input: z.string().transform(Number),
  output: z.number().transform(String),
  run: (n) => n * 2,
});
export const asReturned: Job<number> = remoteEval(doubled, "21");
// @ts-expect-error the input is what goes into the schema
remoteEval(doubled, 21);
