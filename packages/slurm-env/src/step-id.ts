/** The step of srun that we are in. */
import { readText, type SlurmEnvironment } from "./slurm-environment.ts";

/** Steps that srun starts count from 0; above are the numbers that Slurm keeps for other things. */
const FIRST_RESERVED_STEP = 0xfffffff0;

/**
 * The number of the step that we are in: `srun` starts one. The batch script, the shell of an interactive step and what
 * else is not srun's have reserved numbers, which Slurm writes as `4294967291` or, from 26.05 on, as `-5`; whatever is
 * not the number of a step counts as none. A job that was submitted from inside a step inherits its variables; for its
 * own steps srun sets both variables of tasks alike.
 */
export function readStepId(env: SlurmEnvironment): number | undefined {
  const text = readText(env, "SLURM_STEP_ID") ?? "";
  if (!/^\d{1,10}$/.test(text) || Number(text) >= FIRST_RESERVED_STEP) return undefined;
  const tasks = readText(env, "SLURM_STEP_TASKS_PER_NODE");
  return tasks !== undefined && tasks !== readText(env, "SLURM_TASKS_PER_NODE") ? undefined : Number(text);
}
