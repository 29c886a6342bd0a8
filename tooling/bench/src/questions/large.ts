/** What large values cost: the codec, the chunks and the credit, beside the bare streams. */
import { type JobEnv, remoteEval } from "@hyperion-ts/job";
import { openRelayedEcho } from "../echo/relayed-echo.ts";
import { figure } from "../figure.ts";
import { lengthOf, zeros } from "../functions.ts";
import { inTurns } from "../in-turns.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";
import { perSecond } from "../stopwatch.ts";
import { idleWorkerCpus } from "../worker-cpus.ts";
import { runOnTwoCpus } from "../workspace.ts";

const MB = 1_000_000;
const UNIT = "MB/s";

const SIZES = {
  full: { megabytes: 64, warmUp: 2, rounds: 5 },
  quick: { megabytes: 1, warmUp: 0, rounds: 1 },
} as const;

/** The question of how fast large values travel. */
export const large: Question = {
  name: "large",
  group: "local",
  asks: "How fast does a large Float64Array go in and out, beside bytes through the relay's raw streams?",
  answer: (effort) => runOnTwoCpus((env) => answer(env, effort)),
};

async function answer(env: JobEnv, effort: Effort): Promise<Answer> {
  const { megabytes, warmUp, rounds } = SIZES[effort];
  await using echo = await openRelayedEcho("each", [await idleWorkerCpus(env)]);
  const bytes = megabytes * MB;
  const length = bytes / Float64Array.BYTES_PER_ELEMENT;
  const array = new Float64Array(length).fill(Math.PI);
  const measures = {
    oursIn: () => perSecond(megabytes, () => remoteEval(lengthOf, array)(env)),
    rawIn: () => perSecond(megabytes, () => echo.client.upload(bytes)),
    oursOut: () => perSecond(megabytes, () => remoteEval(zeros, length)(env)),
    rawOut: () => perSecond(megabytes, () => echo.client.download(bytes)),
  };
  await inTurns(warmUp, measures);
  const rates = await inTurns(rounds, measures);
  return {
    figures: [
      figure(`an input of ${megabytes} MB`, UNIT, rates.oursIn),
      figure(`${megabytes} MB to the echo process`, UNIT, rates.rawIn),
      figure(`a result of ${megabytes} MB`, UNIT, rates.oursOut),
      figure(`${megabytes} MB from the echo process`, UNIT, rates.rawOut),
    ],
    findings: [
      {
        what: "large inputs, as a part of the raw stream",
        unit: "",
        value: median(rates.oursIn) / median(rates.rawIn),
        gate: null,
      },
      {
        what: "large results, as a part of the raw stream",
        unit: "",
        value: median(rates.oursOut) / median(rates.rawOut),
        gate: null,
      },
    ],
  };
}
