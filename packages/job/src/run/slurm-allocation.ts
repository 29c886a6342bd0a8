/** The allocation that this program runs in, and what Slurm's signals mean in it. */
import { type Allocation, parseAllocation, type SlurmEnvironment } from "@hyperion-ts/slurm-env";
import type { SignalGrace } from "./interruption.ts";

/** Slurm sends SIGKILL so long after SIGTERM (KillWait of slurm.conf, by default 30 s); ending takes a while too. */
const END_GRACE_MS = 20_000;
/** So much is left of a job when its running calls are ended. */
const LAST_MS = 10_000;

/**
 * Reads the allocation from the environment. Throws a SlurmEnvError outside of one, and an Error in a step of several
 * tasks: srun would start as many programs.
 */
export function slurmAllocation(env: SlurmEnvironment): Allocation {
  const allocation = parseAllocation(env);
  const tasks = Number(env["SLURM_STEP_NUM_TASKS"] ?? 1);
  if (allocation.stepId !== undefined && tasks > 1) {
    throw new Error(`srun has started this program ${tasks} times, as ${tasks} tasks of one step, but one program uses all nodes by itself: start it with \`exec\` in the batch script, or with \`srun --nodes=1 --ntasks=1 --overlap\``);
  }
  return allocation;
}

/**
 * Ctrl-C ends a run at once. SIGTERM comes with scancel and at the time limit, shortly before SIGKILL. The signals that
 * `sbatch --signal` asks for come before the limit: running calls have until then.
 */
export function slurmSignals({ endTimeMs }: Allocation, endGraceMs = END_GRACE_MS): SignalGrace {
  const untilTheEnd = (): number => Math.max(endGraceMs, (endTimeMs ?? 0) - Date.now() - LAST_MS);
  return { SIGINT: () => 0, SIGHUP: () => 0, SIGTERM: () => endGraceMs, SIGUSR1: untilTheEnd, SIGUSR2: untilTheEnd };
}
