/** What it costs that a job is submitted from a login node: its head keeps a database of its own, and another process takes that over meanwhile. */
import { figure } from "../figure.ts";
import { atMost, type Finding } from "../finding.ts";
import { inTurns } from "../in-turns.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";
import { answerOf, benchCluster, programLine, USER } from "./bench-cluster.ts";

const SIZES = { full: { calls: 20_000, rounds: 5 }, quick: { calls: 100, rounds: 1 } } as const;

/** What a job's calls took, as it says itself. */
interface Took {
  readonly ms: number;
  readonly headMs: number;
}

/** The question of what the way from a login node costs a job. */
export const job: Question = {
  name: "job",
  group: "nodes",
  asks: "How fast are short calls, each remembered, in a job that a program on a login node has submitted?",
  answer,
};

async function answer(effort: Effort): Promise<Answer> {
  const { calls, rounds } = SIZES[effort];
  await using cluster = await benchCluster({ nodes: [{ name: "n1", cpus: 2 }] });
  let from = 0;
  // Each round computes what no one has.
  const args = (dir: string): readonly string[] => [dir, String((from += calls + 1)), String(calls)];
  const submitted: Took[] = [];
  const script: Took[] = [];
  await inTurns(rounds, {
    submitted: async () =>
      submitted.push(
        await answerOf<Took>(cluster, { node: "login", program: ["job-main.ts", "submit", ...args("submitted")] }),
      ),
    script: async () => {
      const line = programLine("job-main.ts", "here", ...args("script"));
      const id = await cluster.sbatch(`#!/bin/sh\n${line}\n`, { user: USER, args: ["--ntasks-per-node=2"] });
      const { parts } = await cluster.waitForJob(id);
      const printed = await cluster.readFile(parts[0]?.outputFile ?? "");
      return script.push(JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Took);
    },
  });
  const perSecond = ({ ms }: Took): number => (1_000 * calls) / ms;
  const headUs = ({ headMs }: Took): number => (1_000 * headMs) / calls;
  return {
    figures: [
      figure(`${calls} calls in a job that was submitted by a program`, "calls/s", submitted.map(perSecond)),
      figure(`${calls} calls in the script of a Slurm job`, "calls/s", script.map(perSecond)),
      figure("CPU time of the submitted job's head for a call", "µs", submitted.map(headUs)),
      figure("CPU time of the script for a call", "µs", script.map(headUs)),
    ],
    findings: [
      ratio("time of a submitted job's calls, as a part of a script's", [submitted, script], ({ ms }) => ms),
      ratio("CPU time of a submitted job's head, as a part of a script's", [submitted, script], headUs),
    ],
  };
}

const ratio = (
  what: string,
  [one, other]: readonly [readonly Took[], readonly Took[]],
  measure: (took: Took) => number,
): Finding => ({
  what,
  unit: "",
  value: median(one.map(measure)) / median(other.map(measure)),
  gate: atMost(1.1),
});
