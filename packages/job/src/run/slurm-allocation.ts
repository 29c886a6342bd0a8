/** The allocation that this program runs in. */
import { type Allocation, parseAllocation, type SlurmEnvironment } from "@hyperion-ts/slurm-env";

/**
 * Reads the allocation from the environment. `pid` is this process.
 *
 * @throws SlurmEnvError outside of an allocation; Error in a step of several tasks: srun has started the program that often.
 */
export function slurmAllocation(env: SlurmEnvironment, pid: number = process.pid): Allocation {
  const allocation = parseAllocation(env);
  const tasks = Number(env["SLURM_STEP_NUM_TASKS"] ?? 1);
  if (allocation.stepId !== undefined && tasks > 1 && !isTypedInto(env, pid)) {
    throw new Error(
      `srun has started this program ${tasks} times, as ${tasks} tasks of one step, but one program uses all nodes by itself: start it with \`exec\` in the batch script, or with \`srun --nodes=1 --ntasks=1 --overlap\``,
    );
  }
  return allocation;
}

/**
 * Whether this program was started from the shell of a step with a terminal (`srun -n4 --pty bash`): the first task has
 * the terminal, the shells of the others end at once. A program that is such a task itself was started by srun.
 */
const isTypedInto = ({ SLURM_PTY_PORT, SLURM_PROCID, SLURM_TASK_PID }: SlurmEnvironment, pid: number): boolean =>
  SLURM_PTY_PORT !== undefined && SLURM_PROCID === "0" && SLURM_TASK_PID !== String(pid);
