/** What a run pays for it that other processes can ask it, while none does. */
import { type JobEnv, mapConcurrently, remoteEval } from "@hyperion-ts/job";
import { figure } from "../figure.ts";
import { atMost } from "../finding.ts";
import { square } from "../functions.ts";
import { inTurns } from "../in-turns.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";
import { perSecond } from "../stopwatch.ts";
import { runOnTwoCpus } from "../workspace.ts";

const SIZES = { full: { calls: 10_000, rounds: 40 }, quick: { calls: 200, rounds: 2 } } as const;

/** The question of what the control interface costs. */
export const control: Question = {
  name: "control",
  group: "local",
  asks: "How many calls per second with the control interface, and without it?",
  answer: (effort) => answer(effort),
};

/** Two runs in one process, which take turns. */
const answer = (effort: Effort): Promise<Answer> =>
  runOnTwoCpus((asked) => runOnTwoCpus((alone) => measured({ asked, alone }, SIZES[effort]), { control: false }), {
    control: true,
  });

/** On a busy machine calls per second say little; what the head computes for each call says more. */
async function measured(
  { asked, alone }: { readonly asked: JobEnv; readonly alone: JobEnv },
  { calls, rounds }: { readonly calls: number; readonly rounds: number },
): Promise<Answer> {
  const inputs = Array.from({ length: calls }, (_, i) => i);
  const cpu = { asked: [] as number[], alone: [] as number[] };
  const squares = (env: JobEnv, used: number[]) => async (): Promise<number> => {
    const before = process.cpuUsage();
    const speed = await perSecond(calls, () => mapConcurrently(inputs, (i) => remoteEval(square, i))(env));
    const { user, system } = process.cpuUsage(before);
    used.push((user + system) / calls);
    return speed;
  };
  const turns = { asked: squares(asked, cpu.asked), alone: squares(alone, cpu.alone) };
  await inTurns(2, turns);
  cpu.asked.length = cpu.alone.length = 0;
  const speed = await inTurns(rounds, turns);
  return {
    figures: [
      figure(`${calls} calls of a run that can be asked`, "calls/s", speed.asked),
      figure(`${calls} calls of one that can't`, "calls/s", speed.alone),
      figure("CPU time of the head for a call, of a run that can be asked", "µs", cpu.asked),
      figure("CPU time of the head for a call, of one that can't", "µs", cpu.alone),
    ],
    findings: [
      {
        what: "calls per second with the control interface, as a part of those without",
        unit: "",
        value: median(speed.asked) / median(speed.alone),
        gate: null,
      },
      {
        what: "CPU time of the head with it, in that without",
        unit: "",
        value: median(cpu.asked) / median(cpu.alone),
        gate: atMost(1.05),
      },
    ],
  };
}
