/** The Slurm job of the program on the login node. */
import { defineJob, mapConcurrently } from "@hyperion-ts/job";
import type { CallPlan, ProgramPlan } from "../plan.ts";
import { remembered } from "./remembered.ts";
import { unchecked } from "./unchecked.ts";

/** Some of the calls of a program. The second run makes the same ones, and joins the jobs of the first. */
export interface Half extends Pick<ProgramPlan, "journals"> {
  /** The calls that this job makes. */
  readonly calls: readonly CallPlan[];
}

/** Makes its calls; its value is how many there were. */
export const half = defineJob(import.meta, {
  name: "campaign/half",
  input: unchecked<Half>(),
  output: unchecked<number>(),
  run:
    ({ calls, journals }) =>
    async (env) => {
      await mapConcurrently(calls, (call) => remembered(call, { run: "job", journals }))(env);
      return calls.length;
    },
});
