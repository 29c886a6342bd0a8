/**
 * How many CPUs the job has on each of its nodes.
 *
 * SLURM_JOB_CPUS_PER_NODE says it: it was right in each of forty recorded shapes of jobs. The task
 * variables say how many tasks were asked for, which is something else (uneven jobs, `--exclusive`),
 * describe the step inside `srun`, and SLURM_NTASKS_PER_NODE is left over from the outer job when a
 * job submits another. They are the fallback only for an environment without the former.
 */
import { parseCpuCount, type CpuCount } from "./cpu-count.ts";
import { expandCounts } from "./repeated-counts.ts";
import { missingVariable } from "./slurm-env-error.ts";
import { readCount, readText, type SlurmEnvironment } from "./slurm-environment.ts";
import { readStepId } from "./step-id.ts";

/** One node of the job, and what the job has of it. */
export interface NodeCpus {
  /** Slurm's name of the node, checked. */
  readonly name: string;
  /** How many of its CPUs are the job's. */
  readonly cpus: CpuCount;
}

/**
 * The nodes with their CPUs, in the same order.
 *
 * @param suffix `_HET_GROUP_1` and the like in a heterogeneous job, else empty.
 * @throws SlurmEnvError `missing-variable` or `malformed` when there are no counts, `contradiction` when they are for another
 *   number of nodes
 */
export function readNodeCpus(env: SlurmEnvironment, suffix: string, nodes: readonly string[]): readonly NodeCpus[] {
  const variable = `SLURM_JOB_CPUS_PER_NODE${suffix}`;
  const text = readText(env, variable);
  const counts =
    text === undefined ? countByTasks(env, suffix, nodes.length) : expandCounts({ text, variable }, nodes.length);
  if (counts === undefined) throw missingVariable(variable);
  return counts.flatMap((count, index) => {
    const name = nodes[index];
    return name === undefined ? [] : [{ name, cpus: parseCpuCount(count) }];
  });
}

function countByTasks(env: SlurmEnvironment, suffix: string, nodeCount: number): readonly number[] | undefined {
  const cpusPerTask = readCount(env, `SLURM_CPUS_PER_TASK${suffix}`) ?? 1;
  return readNodeTasks(env, suffix, nodeCount)?.map((tasks) => tasks * cpusPerTask);
}

/** The tasks on each node of the job; undefined where Slurm does not say, and in a step, whose tasks are not the job's. */
export function readNodeTasks(env: SlurmEnvironment, suffix: string, nodeCount: number): readonly number[] | undefined {
  if (readStepId(env) !== undefined) return undefined;
  const variable = `SLURM_TASKS_PER_NODE${suffix}`;
  const text = readText(env, variable);
  if (text !== undefined) return expandCounts({ text, variable }, nodeCount);
  const same = readCount(env, `SLURM_NTASKS_PER_NODE${suffix}`);
  return same === undefined ? undefined : Array.from({ length: nodeCount }, () => same);
}
