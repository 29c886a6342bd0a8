import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  bind,
  concurrently,
  type HasSignal,
  type Job,
  mapConcurrently,
  mapConcurrentlySettled,
  pure,
  race,
  replicateConcurrently,
  streamConcurrently,
} from "../../src/index.ts";

const quiet = (): HasSignal => ({ signal: new AbortController().signal });

/** A job that takes some turns of the event loop, looks at its signal after each, and says when it is alive. */
const steps =
  (
    alive: Set<unknown>,
    turns: number,
    end: { readonly value: number } | { readonly error: Error },
  ): Job<number, HasSignal> =>
  async ({ signal }) => {
    const me = {};
    alive.add(me);
    try {
      for (let i = 0; i < turns; i += 1) {
        await turn();
        signal.throwIfAborted();
      }
      if ("error" in end) throw end.error;
      return end.value;
    } finally {
      alive.delete(me);
    }
  };

const ends = fc.array(fc.record({ turns: fc.nat(6), fails: fc.boolean() }), { maxLength: 8 });

test("nobody outlives a group, and the first failure is what it ends with", async () => {
  await fc.assert(
    fc.asyncProperty(ends, async (members) => {
      const alive = new Set();
      const group = mapConcurrently(members, ({ turns, fails }, i) =>
        steps(alive, turns, fails ? { error: new Error(`${turns}/${i}`) } : { value: i }),
      )(quiet());
      const outcome = await group.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      expect(alive.size).toBe(0);
      const failing = members.flatMap(({ turns, fails }) => (fails ? turns : []));
      if (failing.length === 0) expect(outcome).toEqual({ value: members.map((_, i) => i) });
      else
        expect(outcome).toMatchObject({
          error: { message: expect.stringMatching(new RegExp(`^${Math.min(...failing)}/`)) },
        });
    }),
  );
});

test("an abort from outside reaches every member, and its reason arrives unchanged", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(4), fc.anything(), async (count, after, reason) => {
      fc.pre(reason !== undefined);
      const alive = new Set();
      const controller = new AbortController();
      const group = mapConcurrently(Array.from({ length: count }), () => steps(alive, 1_000, { value: 1 }))({
        signal: controller.signal,
      });
      for (let i = 0; i < after; i += 1) await turn();
      controller.abort(reason);
      const thrown = await group.then(
        () => "nothing",
        (error: unknown) => ({ error }),
      );
      expect(alive.size).toBe(0);
      expect((thrown as { error: unknown }).error).toBe(reason);
    }),
  );
});

test("a settled group keeps what succeeded", async () => {
  await fc.assert(
    fc.asyncProperty(ends, async (members) => {
      const settled = await mapConcurrentlySettled(members, ({ turns, fails }, i) =>
        steps(new Set(), turns, fails ? { error: new Error("no") } : { value: i }),
      )(quiet());
      expect(settled.map(({ status }) => status)).toEqual(
        members.map(({ fails }) => (fails ? "rejected" : "fulfilled")),
      );
    }),
  );
});

test("a race ends with the first, and the other has ended by then", async () => {
  const alive = new Set();
  const outcome = await race(steps(alive, 50, { value: 1 }), steps(alive, 2, { value: 2 }))(quiet());
  expect({ outcome, alive: alive.size }).toEqual({ outcome: 2, alive: 0 });
});

test("concurrently gives both results, and a failure of one ends the other", async () => {
  const alive = new Set();
  expect(await concurrently(steps(alive, 3, { value: 1 }), pure("two"))(quiet())).toEqual([1, "two"]);
  await expect(
    concurrently(steps(alive, 500, { value: 1 }), steps(alive, 2, { error: new Error("second") }))(quiet()),
  ).rejects.toThrow("second");
  expect(alive.size).toBe(0);
});

test("replicateConcurrently runs a job so many times", async () => {
  let runs = 0;
  const count: Job<number, HasSignal> = async () => (runs += 1);
  const results = await replicateConcurrently(5, count)(quiet());
  expect(results).toEqual([1, 2, 3, 4, 5]);
});

test("a stream takes at most its window of inputs ahead of its consumer", async () => {
  let taken = 0;
  function* inputs(): Generator<number> {
    for (let i = 0; i < 100; i += 1) {
      taken += 1;
      yield i;
    }
  }
  const seen: number[] = [];
  const numbers = streamConcurrently(inputs(), (x): Job<number, HasSignal> => pure(x), { window: 7 });
  for await (const value of numbers(quiet())) {
    seen.push(value);
    await turn();
    expect(taken).toBeLessThanOrEqual(seen.length + 8);
  }
  expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

test("a stream whose consumer leaves, or whose job fails, leaves nobody alive", async () => {
  const alive = new Set();
  const endless = streamConcurrently(
    Array.from({ length: 50 }, (_, i) => i),
    (i) => steps(alive, i === 0 ? 1 : 1_000, { value: i }),
    { window: 5 },
  );
  for await (const value of endless(quiet())) {
    expect(value).toBe(0);
    break;
  }
  expect(alive.size).toBe(0);
  const failing = streamConcurrently([1, 2, 3], (i) =>
    steps(alive, i * 10, i === 1 ? { error: new Error("one") } : { value: i }),
  );
  await expect(async () => {
    for await (const _ of failing(quiet()));
  }).rejects.toThrow("one");
  expect(alive.size).toBe(0);
});

test("Job obeys the monad laws", async () => {
  const f =
    (x: number): Job<number, number> =>
    async (env) =>
      x * env;
  const g =
    (x: number): Job<string, number> =>
    async (env) =>
      `${x}/${env}`;
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer(), async (x, env) => {
      expect(await bind(pure(x), f)(env)).toBe(await f(x)(env));
      expect(await bind(f(x), pure)(env)).toBe(await f(x)(env));
      expect(await bind(bind(f(x), f), g)(env)).toBe(await bind(f(x), (y) => bind(f(y), g))(env));
    }),
  );
});
