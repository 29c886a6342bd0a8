/** What it costs to have workers that wait: heartbeats, timers, anything that wakes up without need. */
import { setTimeout as sleep } from "node:timers/promises";
import { type JobEnv, mapConcurrently, remoteEval } from "@hyperion-ts/job";
import { figure } from "../figure.ts";
import { whereabouts } from "../functions.ts";
import { cpuMsOf, parentOf } from "../process-figures.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { CPUS, runOnTwoCpus } from "../workspace.ts";

const UNIT = "ms/s";

const SIZES = { full: { idleMs: 6_000 }, quick: { idleMs: 100 } } as const;

/** The question of what a run costs that has nothing to do. */
export const idle: Question = {
  name: "idle",
  group: "local",
  asks: "How much CPU time does a run use that has nothing to do?",
  answer: (effort) => runOnTwoCpus((env) => answer(env, effort)),
};

async function answer(env: JobEnv, effort: Effort): Promise<Answer> {
  const { idleMs } = SIZES[effort];
  const workers = await mapConcurrently(Array.from({ length: CPUS }), () => remoteEval(whereabouts, { takesMs: 500 }))(
    env,
  );
  const pids = workers.map(({ pid }) => pid);
  const agent = parentOf(pids[0] ?? process.pid);
  const cpuMs = (): number[] => [process.pid, agent, ...pids].map(cpuMsOf);
  const before = cpuMs();
  await sleep(idleMs);
  const [head = 0, agents = 0, ...theirs] = cpuMs().map((ms, i) => ((ms - (before[i] ?? 0)) / idleMs) * 1_000);
  return {
    figures: [
      figure("CPU time of the head", UNIT, [head]),
      figure("CPU time of the agent", UNIT, [agents]),
      figure("CPU time of a worker", UNIT, theirs),
    ],
    findings: [],
  };
}
