/**
 * What Slurm gave to this job, as plain values: the nodes with what is ours on each, and what else
 * the environment says. A field is absent where Slurm says nothing, or nothing that is understood; nothing here is guessed.
 * Sources: the output environment variables in sbatch(1), salloc(1) and srun(1).
 */
import type { CpuCount } from "./cpu-count.ts";
import type { EnvironmentNote } from "./notes.ts";
import type { SlurmJobId } from "./slurm-job-id.ts";

/** One node of the allocation, with the part of it that is the job's. */
export interface AllocatedNode {
  /** Slurm's name of the node, e.g. `"gpu08"`: checked, so that it can be an argument of ssh and a part of a file's name. */
  readonly name: string;
  /** From SLURM_JOB_CPUS_PER_NODE; summed over the components of a heterogeneous job. */
  readonly cpus: CpuCount;
  /** How many GPUs, where Slurm says so for this node: often only for the node we run on. */
  readonly gpus?: number | undefined;
  /** Numbers or names of those GPUs as Slurm gives them (SLURM_JOB_GPUS), in its order: known for the node we run on only. */
  readonly gpuIds?: readonly string[] | undefined;
  /** Absent also when the job has all of the node's memory (`--mem=0`), or two amounts are stated. */
  readonly memoryMb?: number | undefined;
  /** The components of a heterogeneous job that share this node; absent in other jobs. */
  readonly components?: readonly number[] | undefined;
}

/** One component of a heterogeneous job: to Slurm, a job of its own. */
export interface HetComponent {
  /** What `srun --het-group` calls it; from 0. */
  readonly index: number;
  /** The component's own id, of which the first one's is the whole job's. */
  readonly jobId: SlurmJobId;
  /** The partition that it runs in. */
  readonly partition?: string | undefined;
  /** The component's nodes, with its own share of each. */
  readonly nodes: readonly AllocatedNode[];
}

/** This job's place in a job array. */
export interface ArrayTask {
  /** The id of the whole array, `%A` in file names. */
  readonly jobId: SlurmJobId;
  /** The index of this task, `%a` in file names. */
  readonly taskId: number;
  /** How many tasks the array has. */
  readonly taskCount?: number | undefined;
  /** The lowest index. */
  readonly minTaskId?: number | undefined;
  /** The highest index. */
  readonly maxTaskId?: number | undefined;
  /** By how much each index is higher than the one before. */
  readonly taskIdStep?: number | undefined;
}

/** A Slurm job's allocation, as its environment describes it. */
export interface Allocation {
  /** This job's id; in an array, this task's own. */
  readonly jobId: SlurmJobId;
  /** At least one, in Slurm's order, each name once; of all components in a heterogeneous job. */
  readonly nodes: readonly AllocatedNode[];
  /** The name of the node that we run on. Absent under salloc: there the program runs on the login node and every node is remote. */
  readonly head?: string | undefined;
  /** Inside `srun`: the step's number. */
  readonly stepId?: number | undefined;
  /** In a job array: which of its tasks this is. */
  readonly array?: ArrayTask | undefined;
  /** In a heterogeneous job: its components, by index. */
  readonly components?: readonly HetComponent[] | undefined;
  /** What it was called by `--job-name`, or by its script. */
  readonly jobName?: string | undefined;
  /** The login name of who submitted it. */
  readonly user?: string | undefined;
  /** The partition that it runs in. */
  readonly partition?: string | undefined;
  /** Slurm's name of the cluster. */
  readonly clusterName?: string | undefined;
  /** The directory that it was submitted from. */
  readonly submitDir?: string | undefined;
  /** The host that it was submitted from. */
  readonly submitHost?: string | undefined;
  /** How often Slurm has started this job again (SLURM_RESTART_COUNT); absent in its first run. */
  readonly restarts?: number | undefined;
  /** Milliseconds since 1970, as in `Date.now()`; from Slurm 23.02 on. */
  readonly startTimeMs?: number | undefined;
  /** When Slurm will end the job, as it was known at its start, in milliseconds since 1970; from Slurm 23.02 on. */
  readonly endTimeMs?: number | undefined;
  /** From start to end; known where both are. */
  readonly timeLimitMs?: number | undefined;
  /** Optional variables that are not understood; what they would say is absent above. */
  readonly notes: readonly EnvironmentNote[];
}
