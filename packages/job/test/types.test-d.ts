/** What must not compile, and what must. Checked by `tsc -p tsconfig.test.json`. */
import { z } from "zod";
import {
  defineRemote,
  type HasSignal,
  type HasWorkers,
  type Job,
  keyValMap,
  local,
  mapConcurrently,
  memoizeWithMap,
  program,
  remoteEval,
  remoteEvalM,
  setTask,
  setTaskCpus,
  setTaskMemory,
} from "../src/index.ts";

const pair = defineRemote(import.meta, {
  name: "types/pair",
  input: z.object({ n: z.number() }),
  output: z.tuple([z.number(), z.number()]),
  // A tuple, not an array of numbers: the output's type reaches the function.
  run: ({ n }) => [n, n],
});

export const good: Job<[number, number], HasWorkers> = remoteEval(pair, { n: 1 });
export const goodM: Job<[number, number], HasWorkers> = remoteEvalM(pair, async () => ({ n: 1 }));
export const inAnyJob: Job<[number, number][]> = local(
  setTaskCpus(4),
  mapConcurrently([1, 2], (n) => remoteEval(pair, { n })),
);

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

// Settings: one, several at once, and one after the other.
const job: Job<[number, number], HasWorkers> = remoteEval(pair, { n: 1 });
export const several: Job<[number, number]> = local(setTask({ cpus: 2, memoryMb: 1_024, timeLimitMs: null }), job);
const composed = local((env) => setTaskMemory(1_024)(setTaskCpus(2)(env)), job);
const composedInPlace = local((env) => setTaskMemory(1_024)(setTaskCpus(2)(env)), remoteEval(pair, { n: 1 }));
const composedOverMany = local(
  (env) => setTaskMemory(1_024)(setTaskCpus(2)(env)),
  mapConcurrently([1, 2], (n) => remoteEval(pair, { n })),
);
const composedOverMemo = local(
  (env) => setTaskMemory(1_024)(setTaskCpus(2)(env)),
  memoizeWithMap(memo, (key) => remoteEval(pair, key), { n: 1 }),
);
const composedOfBoth = local((env) => setTask({ gpus: 1 })({ ...setTaskCpus(2)(env), taskOptions: {} }), job);
export const inAnyRun: Job<unknown>[] = [composed, composedInPlace, composedOverMany, composedOverMemo, composedOfBoth];
// @ts-expect-error a setting that there is not
setTask({ cpu: 2 });
// @ts-expect-error a setting of another type
setTask({ cpus: "2" });
// @ts-expect-error a part of the environment alone is not the environment
local(() => ({ taskCpus: 2 }), job);

program(import.meta, {
  options: z.object({ points: z.int().default(3), fast: z.boolean() }),
  run: ({ points, fast }) => {
    const [given, said]: [number, boolean] = [points, fast];
    return mapConcurrently(said ? [] : [given], (n) => remoteEval(pair, { n }));
  },
  done: (pairs: readonly [number, number][]) => console.log(pairs),
});
program(import.meta, {
  run:
    () =>
    async ({ taskCpus }) =>
      taskCpus,
  runOptions: { cpus: 2 },
});
// @ts-expect-error an option that the schema does not have
program(import.meta, { options: z.object({ n: z.number() }), run: ({ m }) => remoteEval(pair, { n: m }) });
// @ts-expect-error a value that is no job
program(import.meta, { run: () => 3 });
// @ts-expect-error a value of another type than the job gives
program(import.meta, { run: () => async () => 3, done: (text: string) => console.log(text) });
