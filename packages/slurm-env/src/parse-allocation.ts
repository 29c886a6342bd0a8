/**
 * From the environment that Slurm gives to a job to an Allocation: read once, when the program
 * starts. Pure: the caller passes the environment.
 */
import type { Allocation, ArrayTask } from "./allocation.ts";
import { readComponentNodes } from "./component-nodes.ts";
import { mergeComponents, readHetComponents } from "./het-components.ts";
import { withHeadGpus } from "./node-gpus.ts";
import { contradiction, missingVariable, SlurmEnvError } from "./slurm-env-error.ts";
import {
  readAmount,
  readJobId,
  readStepId,
  readText,
  readWholeNumber,
  requireJobId,
  requireText,
  type SlurmEnvironment,
} from "./slurm-environment.ts";

/**
 * The allocation that this environment describes. The SLURM_JOB_* variables describe the job, also
 * inside an `srun` step; Slurm 20.11 or later.
 *
 * What can't be told from the environment alone: a job that was submitted from inside another one
 * inherits its variables, so an array index, a step or a request for GPUs may be the outer job's,
 * unless it was submitted with `sbatch --export=NONE`.
 *
 * @throws SlurmEnvError `not-in-job` outside a job; `missing-variable`, `malformed`,
 *   `too-many-names` or `contradiction` for a job's environment that can't be right.
 * @example
 * const { nodes, head } = parseAllocation(process.env);
 */
export const parseAllocation = (env: SlurmEnvironment): Allocation => {
  checkInsideJob(env);
  const jobId = requireJobId(env, "SLURM_JOB_ID");
  const components = readHetComponents(env, jobId);
  const nodes = components === undefined ? readComponentNodes(env, "") : mergeComponents(components);
  const nodeName = readText(env, "SLURMD_NODENAME");
  const head = nodes.find(({ name }) => name === nodeName)?.name;
  return {
    jobId,
    nodes: withHeadGpus(env, nodes, head),
    head,
    stepId: readStepId(env),
    array: readArrayTask(env),
    components,
    ...readLabels(env),
    // salloc gives it for the components only.
    partition: readText(env, "SLURM_JOB_PARTITION") ?? components?.[0]?.partition,
    ...readTimes(env),
  };
};

const jobMarks = ["SLURM_JOB_ID", "SLURM_JOB_NODELIST", "SLURM_JOB_CPUS_PER_NODE"];

const checkInsideJob = (env: SlurmEnvironment): void => {
  if (jobMarks.some((variable) => env[variable] !== undefined)) return;
  throw new SlurmEnvError(
    "not-in-job",
    `Not inside a Slurm job: none of ${jobMarks.join(", ")} is set. Get an allocation first: ` +
      "`sbatch -N2 SCRIPT` queues a script that starts this program, `salloc -N2` opens a shell to start it from. " +
      "(A plain ssh to a node of a job does not carry the job's variables.)",
  );
};

const readArrayTask = (env: SlurmEnvironment): ArrayTask | undefined => {
  const jobId = readJobId(env, "SLURM_ARRAY_JOB_ID");
  const taskId = readWholeNumber(env, "SLURM_ARRAY_TASK_ID");
  if (jobId === undefined && taskId === undefined) return undefined;
  if (jobId === undefined) throw missingVariable("SLURM_ARRAY_JOB_ID");
  if (taskId === undefined) throw missingVariable("SLURM_ARRAY_TASK_ID");
  return {
    jobId,
    taskId,
    taskCount: readWholeNumber(env, "SLURM_ARRAY_TASK_COUNT"),
    minTaskId: readWholeNumber(env, "SLURM_ARRAY_TASK_MIN"),
    maxTaskId: readWholeNumber(env, "SLURM_ARRAY_TASK_MAX"),
    taskIdStep: readWholeNumber(env, "SLURM_ARRAY_TASK_STEP"),
  };
};

const readLabels = (env: SlurmEnvironment) => ({
  jobName: readText(env, "SLURM_JOB_NAME"),
  user: readText(env, "SLURM_JOB_USER"),
  clusterName: readText(env, "SLURM_CLUSTER_NAME"),
  submitDir: readText(env, "SLURM_SUBMIT_DIR"),
  submitHost: readText(env, "SLURM_SUBMIT_HOST"),
});

/** Slurm gives seconds since 1970; its END minus its START is the job's limit. */
const readTimes = (env: SlurmEnvironment) => {
  const start = readAmount(env, "SLURM_JOB_START_TIME");
  const end = readAmount(env, "SLURM_JOB_END_TIME");
  if (start !== undefined && end !== undefined && end < start) {
    const variable = "SLURM_JOB_END_TIME";
    throw contradiction({ text: requireText(env, variable), variable }, `the job started later, at ${start} (SLURM_JOB_START_TIME)`);
  }
  return {
    startTimeMs: inMs(start),
    endTimeMs: inMs(end),
    timeLimitMs: start === undefined || end === undefined ? undefined : inMs(end - start),
  };
};

const inMs = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1000);
