/** What it costs to remember: every result durable in the database before its caller has it. */
import { type JobEnv, keyValMap, mapConcurrently, memoizeWithMap, remoteEval } from "@hyperion-ts/job";
import { z } from "zod";
import { figure } from "../figure.ts";
import { square } from "../functions.ts";
import { inTurns } from "../in-turns.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";
import { perSecond } from "../stopwatch.ts";
import { runOnTwoCpus } from "../workspace.ts";

const UNIT = "calls/s";

const SIZES = {
  full: { calls: 10_000, rounds: 4 },
  quick: { calls: 200, rounds: 1 },
} as const;

const squares = keyValMap("bench_squares", z.number(), z.number());

/** The question of how fast calls are remembered. */
export const memo: Question = {
  name: "memo",
  group: "local",
  asks: "How many memoised calls per second, when all are new, and when all are in the database?",
  answer: (effort) => runOnTwoCpus((env) => answer(env, effort)),
};

async function answer(env: JobEnv, effort: Effort): Promise<Answer> {
  const { calls, rounds } = SIZES[effort];
  const memoised = (keys: readonly number[]): Promise<number> =>
    perSecond(calls, () =>
      mapConcurrently(keys, (key) => memoizeWithMap(squares, (x) => remoteEval(square, x), key))(env),
    );
  const plain = (keys: readonly number[]): Promise<number> =>
    perSecond(calls, () => mapConcurrently(keys, (key) => remoteEval(square, key))(env));
  let keys: readonly number[] = [];
  const rates = await inTurns(rounds, {
    fresh: () => memoised((keys = nextKeys(keys, calls))),
    known: () => memoised(keys),
    plain: () => plain(keys),
  });
  return {
    figures: [
      figure(`${calls} new calls, computed and stored`, UNIT, rates.fresh),
      figure(`${calls} calls that are all in the database`, UNIT, rates.known),
      figure(`${calls} calls without a database`, UNIT, rates.plain),
    ],
    findings: [
      {
        what: "new calls, as a part of calls without a database",
        unit: "",
        value: median(rates.fresh) / median(rates.plain),
        gate: null,
      },
    ],
  };
}

const nextKeys = (used: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, i) => (used.at(-1) ?? 0) + 1 + i);
