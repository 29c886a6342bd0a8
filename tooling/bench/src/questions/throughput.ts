/** How many trivial calls a second two workers take: what it costs to have very many. */
import { forConcurrently_, type JobEnv, mapConcurrently, mapRemote, remoteEval } from "@hyperion-ts/job";
import { openRelayedEcho } from "../echo/relayed-echo.ts";
import { figure } from "../figure.ts";
import { atLeast } from "../finding.ts";
import { square } from "../functions.ts";
import { inTurns } from "../in-turns.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";
import { perSecond } from "../stopwatch.ts";
import { allWorkerCpus } from "../worker-cpus.ts";
import { runOnTwoCpus } from "../workspace.ts";

/** As many calls are with each worker at most: the echo gets the same. */
const WINDOW = 64;
const UNIT = "calls/s";

const SIZES = {
  full: { calls: 10_000, many: 100_000, rounds: 12, manyRounds: 3 },
  quick: { calls: 200, many: 400, rounds: 2, manyRounds: 1 },
} as const;

/** The question of how many calls a second are possible. */
export const throughput: Question = {
  name: "throughput",
  group: "local",
  asks: "How many calls per second over two workers, beside the relayed echo with 64 messages under way for each?",
  answer: (effort) => runOnTwoCpus((env) => answer(env, effort)),
};

async function answer(env: JobEnv, effort: Effort): Promise<Answer> {
  const { calls, many, rounds, manyRounds } = SIZES[effort];
  await using echo = await openRelayedEcho("joined", await allWorkerCpus(env));
  const inputs = Array.from({ length: calls }, (_, i) => i);
  const viaMap = (): Promise<number> =>
    perSecond(calls, () => mapConcurrently(inputs, (i) => remoteEval(square, i))(env));
  const cold = await viaMap();
  const warm = await inTurns(rounds, {
    map: viaMap,
    floor: () => perSecond(calls, () => echo.client.pipelined(calls, WINDOW)),
    mapRemote: () => perSecond(calls, () => mapRemote(square, inputs)(env)),
  });
  const large = await inTurns(manyRounds, {
    map: () => perSecond(many, () => forConcurrently_(upTo(many), (i) => remoteEval(square, i))(env)),
  });
  return {
    figures: [
      figure(`mapConcurrently, ${calls} calls, cold`, UNIT, [cold]),
      figure(`mapConcurrently, ${calls} calls, warm`, UNIT, warm.map),
      figure(`mapRemote, ${calls} calls, warm`, UNIT, warm.mapRemote),
      figure(`forConcurrently_, ${many} calls, warm`, UNIT, large.map),
      figure(`relayed echo, ${calls} messages`, UNIT, warm.floor),
    ],
    findings: [
      { what: "mapConcurrently, warm", unit: UNIT, value: median(warm.map), gate: atLeast(40_000) },
      {
        what: "mapConcurrently, as a part of the relayed echo",
        unit: "",
        value: median(warm.map) / median(warm.floor),
        gate: null,
      },
    ],
  };
}

function* upTo(count: number): Generator<number> {
  for (let i = 0; i < count; i += 1) yield i;
}
