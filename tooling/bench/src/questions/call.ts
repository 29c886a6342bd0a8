/** What one remoteEval costs: the gate of the whole hot path. */
import { type JobEnv, remoteEval } from "@hyperion-ts/job";
import { Blocks, timesAsMuch, timesAsMuchWhenQuiet } from "../blocks.ts";
import { openRelayedEcho } from "../echo/relayed-echo.ts";
import { figure } from "../figure.ts";
import { atMost } from "../finding.ts";
import { square } from "../functions.ts";
import { inTurns } from "../in-turns.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";
import { idleWorkerCpus } from "../worker-cpus.ts";
import { runOnTwoCpus } from "../workspace.ts";

const SIZES = {
  full: { warmUp: 10, blocks: 60, calls: 200 },
  quick: { warmUp: 1, blocks: 2, calls: 20 },
} as const;

/** The question of what one call costs. */
export const call: Question = {
  name: "call",
  group: "local",
  asks: "What does one remoteEval cost, beside a relayed echo of raw buffers?",
  answer: (effort) => runOnTwoCpus((env) => answer(env, effort)),
};

async function answer(env: JobEnv, effort: Effort): Promise<Answer> {
  const { warmUp, blocks, calls } = SIZES[effort];
  await using echo = await openRelayedEcho("each", [await idleWorkerCpus(env)]);
  const ours = new Blocks(calls, (i) => remoteEval(square, i)(env));
  const floor = new Blocks(calls, () => echo.client.roundTrip());
  await inTurns(warmUp, { ours: () => ours.run(), floor: () => floor.run() });
  ours.p99s.length = floor.p99s.length = 0;
  const means = await inTurns(blocks, { ours: () => ours.run(), floor: () => floor.run() });
  return {
    figures: [
      figure("one remoteEval, mean of a block", "µs", means.ours),
      figure("one relayed echo, mean of a block", "µs", means.floor),
      figure("remoteEval, 99th percentile in a block", "µs", ours.p99s),
      figure("relayed echo, 99th percentile in a block", "µs", floor.p99s),
    ],
    findings: [
      {
        what: "one remoteEval, in relayed echoes",
        unit: "",
        value: timesAsMuch(means.ours, means.floor),
        gate: atMost(2.5),
      },
      {
        what: "the same, in quiet moments",
        unit: "",
        value: timesAsMuchWhenQuiet(means.ours, means.floor),
        gate: atMost(2.5),
      },
      {
        what: "what a remoteEval costs beyond the echo",
        unit: "µs",
        value: median(means.ours) - median(means.floor),
        gate: null,
      },
    ],
  };
}
