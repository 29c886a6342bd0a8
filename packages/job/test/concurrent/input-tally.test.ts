import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  defineRemote,
  forConcurrently_,
  type FunctionCounts,
  type HasWorkers,
  type Job,
  mapConcurrently,
  mapConcurrentlySettled,
  mapRemote,
  remoteEval,
  RunEvents,
  streamConcurrently,
} from "../../src/index.ts";
import { openProcessWorkplace } from "../../src/run/process-workplace.ts";

/** Calls that wait here until they may end. */
let held: (() => void)[] = [];
afterEach(() => void (held = []));

const define = (name: string) =>
  defineRemote(import.meta, {
    name: `tally/${name}`,
    input: z.number(),
    output: z.number(),
    run: (x) => new Promise<number>((resolve) => held.push(() => resolve(x))),
  });
const first = define("first");
const second = define("second");
const refusing = defineRemote(import.meta, {
  name: "tally/refusing",
  input: z.number(),
  output: z.number(),
  run: (x) => Promise.reject(new Error(`not ${x}`)),
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A job that runs on two CPUs of this process, and the counts while it does. */
async function running<A>(job: Job<A, HasWorkers>) {
  const workplace = await openProcessWorkplace(2);
  const controller = new AbortController();
  const result = job({
    taskLauncher: workplace.taskLauncher,
    taskCpus: 1,
    taskOptions: {},
    signal: controller.signal,
    events: new RunEvents(),
  });
  const outcome = result.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  /** What is true at some time must come about: turns of the event loop are no measure. */
  const until = async (isSo: (counts: readonly FunctionCounts[]) => boolean): Promise<void> => {
    while (!isSo(workplace.counts())) await turn();
  };
  return {
    outcome,
    until,
    counts: (name = "first") => workplace.counts().find((counts) => counts.name === `tally/${name}`),
    abort: () => controller.abort(new Error("enough")),
    /** Lets so many calls end, one after the other. */
    finish: async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        while (held.length === 0) await turn();
        held.shift()?.();
      }
      for (let i = 0; i < 10; i += 1) await turn();
    },
  };
}

function asked(counts: FunctionCounts | undefined): number | null {
  if (counts === undefined) return 0;
  const { waiting, running, done, failed, toCome } = counts;
  return toCome === null ? null : waiting + running + done + failed + toCome;
}

describe("the whole number of calls is known from the start", () => {
  test.each<{ readonly of: string; readonly job: Job<unknown, HasWorkers> }>([
    {
      of: "an array given to forConcurrently_",
      job: forConcurrently_(numbers(20), (x) => remoteEval(first, x), { window: 4 }),
    },
    {
      of: "a set given to forConcurrently_",
      job: forConcurrently_(new Set(numbers(20)), (x) => remoteEval(first, x), { window: 4 }),
    },
    {
      of: "an array that is streamed",
      job: async (env) =>
        Array.fromAsync(streamConcurrently(numbers(20), (x) => remoteEval(first, x), { window: 4 })(env)),
    },
    { of: "mapRemote", job: mapRemote(first, numbers(20)) },
    {
      of: "mapConcurrently with a limit of its own",
      job: mapConcurrently(
        numbers(20),
        limited(3, (x) => remoteEval(first, x)),
      ),
    },
    {
      of: "mapConcurrentlySettled",
      job: mapConcurrentlySettled(
        numbers(20),
        limited(3, (x) => remoteEval(first, x)),
      ),
    },
    {
      of: "groups in a group",
      job: mapConcurrently(numbers(4), () => forConcurrently_(numbers(5), (x) => remoteEval(first, x), { window: 2 })),
    },
  ])("of $of", async ({ job }) => {
    const run = await running(job);
    await run.until((counts) => counts.some((each) => each.running > 0));
    for (let i = 0; i < 10; i += 1) await turn();
    expect(asked(run.counts())).toBe(20);
    await run.finish(7);
    expect(run.counts()).toMatchObject({ done: 7 });
    expect(asked(run.counts())).toBe(20);
    await run.finish(13);
    await run.outcome;
    expect(run.counts()).toMatchObject({ done: 20, toCome: 0, cancelled: 0 });
  });
});

test("nobody knows how many a generator gives, until it has ended", async () => {
  const run = await running(forConcurrently_(numbers(20).values(), (x) => remoteEval(first, x), { window: 4 }));
  await run.finish(9);
  expect(run.counts()).toMatchObject({ done: 9, toCome: null });
  await run.finish(11);
  await run.outcome;
  expect(run.counts()).toMatchObject({ done: 20, toCome: 0 });
});

test("a group in a stream of unknown length is of unknown length", async () => {
  const run = await running(
    forConcurrently_(numbers(3).values(), () => mapConcurrently(numbers(4), (x) => remoteEval(first, x)), {
      window: 1,
    }),
  );
  await run.finish(1);
  expect(run.counts()).toMatchObject({ toCome: null });
  await run.finish(11);
  await run.outcome;
});

test("of a second function only what was asked for is known, while inputs are left", async () => {
  const both =
    (x: number): Job<number, HasWorkers> =>
    async (env) =>
      remoteEval(second, await remoteEval(first, x)(env))(env);
  const run = await running(forConcurrently_(numbers(10), both, { window: 2 }));
  await run.finish(3);
  expect(asked(run.counts("first"))).toBe(10);
  expect(run.counts("second")).toMatchObject({ toCome: null });
  await run.finish(17);
  await run.outcome;
  expect(run.counts("second")).toMatchObject({ done: 10, toCome: 0 });
});

test("inputs that need no call are not counted when they have been looked at", async () => {
  const remembered =
    (x: number): Job<number, HasWorkers> =>
    async (env) =>
      x < 6 ? x : remoteEval(first, x)(env);
  const run = await running(forConcurrently_(numbers(10), remembered, { window: 2 }));
  await run.finish(1);
  expect(asked(run.counts())).toBe(4);
  await run.finish(3);
  await run.outcome;
});

test("a failure that ends a group makes its calls no more than were left to make", async () => {
  const left =
    (x: number): Job<number, HasWorkers> =>
    async (env) =>
      x < 17 ? x : remoteEval(refusing, x)(env);
  const run = await running(mapConcurrently(numbers(20), left));
  await run.outcome;
  const { done = 0, failed = 0, cancelled = 0, toCome } = run.counts("refusing") ?? {};
  expect({ all: done + failed + cancelled, toCome }).toEqual({ all: 3, toCome: 0 });
});

test.each([2, 3])("%i calls for each input are expected of those to come", async (calls) => {
  const several = (x: number): Job<unknown, HasWorkers> => mapConcurrently(numbers(calls), () => remoteEval(first, x));
  const run = await running(forConcurrently_(numbers(10), several, { window: 10 }));
  await run.finish(1);
  expect(asked(run.counts())).toBe(10 * calls);
  await run.finish(10 * calls - 1);
  await run.outcome;
});

test("what a group never began is cancelled with it: nobody takes a part for the whole", async () => {
  const run = await running(forConcurrently_(numbers(160), (x) => remoteEval(first, x), { window: 4 }));
  await run.finish(40);
  run.abort();
  await run.finish(2);
  await run.outcome;
  const { done = 0, failed = 0, cancelled = 0, toCome } = run.counts() ?? {};
  expect({ all: done + failed + cancelled, toCome }).toEqual({ all: 160, toCome: 0 });
});

/** `f` under a limit that the group knows nothing of. */
function limited(most: number, f: (x: number) => Job<number, HasWorkers>): (x: number) => Job<number, HasWorkers> {
  let free = most;
  const line: (() => void)[] = [];
  return (x) => async (env) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      return await f(x)(env);
    } finally {
      const next = line.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
