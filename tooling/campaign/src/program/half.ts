/** The Slurm job of the program on the login node. */
import { defineJob, mapConcurrently } from "@hyperion-ts/job";
import type { CallPlan } from "../plan.ts";
import { type RunOfProgram, remembered } from "./remembered.ts";
import { unchecked } from "./unchecked.ts";

/** Some of the calls of a run. */
export interface Half extends RunOfProgram {
  /** The calls that this job makes. */
  readonly calls: readonly CallPlan[];
}

/** Makes its calls; its value is how many there were. */
export const half = defineJob(import.meta, {
  name: "campaign/half",
  input: unchecked<Half>(),
  output: unchecked<number>(),
  run:
    ({ calls, ...run }) =>
    async (env) => {
      await mapConcurrently(calls, (call) => remembered(call, run))(env);
      return calls.length;
    },
});
