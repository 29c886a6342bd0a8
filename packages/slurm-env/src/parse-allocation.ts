/**
 * From the environment that Slurm gives to a job to an Allocation: read once, when the program
 * starts. Pure: the caller passes the environment.
 */
import type { Allocation, ArrayTask } from "./allocation.ts";
import { readComponentNodes } from "./component-nodes.ts";
import { mergeComponents, readHetComponents } from "./het-components.ts";
import { withHeadGpus } from "./node-gpus.ts";
import { Notes } from "./notes.ts";
import { SlurmEnvError } from "./slurm-env-error.ts";
import {
  readAmount,
  readJobId,
  readText,
  readWholeNumber,
  requireJobId,
  type SlurmEnvironment,
} from "./slurm-environment.ts";
import { readStepId } from "./step-id.ts";

/**
 * The allocation that this environment describes. The SLURM_JOB_* variables describe the job, also
 * inside an `srun` step; Slurm 20.11 or later.
 *
 * Needed are the job's id, its nodes and the CPUs on each: these are read strictly. All else is optional: a variable that
 * is not understood counts as not set, and `notes` says so.
 *
 * What can't be told from the environment alone: a job that was submitted from inside another one
 * inherits its variables, so an array index, a step or a request for GPUs may be the outer job's,
 * unless it was submitted with `sbatch --export=NONE`.
 *
 * @throws SlurmEnvError `not-in-job` when the environment is no job's, `missing-variable`, `malformed`, `too-many-names` or
 *   `contradiction` when what is needed can't be right
 * @example
 * const { nodes, head } = parseAllocation(process.env);
 */
export function parseAllocation(env: SlurmEnvironment): Allocation {
  checkInsideJob(env);
  const jobId = requireJobId(env, "SLURM_JOB_ID");
  const notes = new Notes();
  const components = readHetComponents(env, jobId, notes);
  const nodes = components === undefined ? readComponentNodes(env, "", notes) : mergeComponents(components);
  const nodeName = readText(env, "SLURMD_NODENAME");
  const head = nodes.find(({ name }) => name === nodeName)?.name;
  const read = {
    jobId,
    nodes: withHeadGpus(env, nodes, head, notes),
    head,
    stepId: readStepId(env),
    array: readArrayTask(env, notes),
    components,
    ...readLabels(env),
    // salloc gives it for the components only.
    partition: readText(env, "SLURM_JOB_PARTITION") ?? components?.[0]?.partition,
    restarts: notes.unlessOdd(() => readWholeNumber(env, "SLURM_RESTART_COUNT")),
    ...readTimes(env, notes),
  };
  return { ...read, notes: notes.all };
}

const JOB_MARKS = ["SLURM_JOB_ID", "SLURM_JOB_NODELIST", "SLURM_JOB_CPUS_PER_NODE"];

function checkInsideJob(env: SlurmEnvironment): void {
  if (JOB_MARKS.some((variable) => env[variable] !== undefined)) return;
  throw new SlurmEnvError(
    "not-in-job",
    `Not inside a Slurm job: none of ${JOB_MARKS.join(", ")} is set. Get an allocation first: ` +
      "`sbatch -N2 SCRIPT` queues a script that starts this program, `salloc -N2` opens a shell to start it from. " +
      "(A plain ssh to a node of a job does not carry the job's variables.)",
  );
}

/** Half of it is a leftover of another job, or set by hand to try out a script: that is no array. */
function readArrayTask(env: SlurmEnvironment, notes: Notes): ArrayTask | undefined {
  const number = (variable: string): number | undefined => notes.unlessOdd(() => readWholeNumber(env, variable));
  const jobId = notes.unlessOdd(() => readJobId(env, ARRAY_IDS.job));
  const taskId = number(ARRAY_IDS.task);
  if (jobId === undefined || taskId === undefined) {
    if (jobId !== undefined)
      notes.passOver(ARRAY_IDS.job, String(jobId), `${ARRAY_IDS.task} does not tell which task of that array this is`);
    if (taskId !== undefined)
      notes.passOver(ARRAY_IDS.task, String(taskId), `${ARRAY_IDS.job} does not tell of which array`);
    return undefined;
  }
  return {
    jobId,
    taskId,
    taskCount: number("SLURM_ARRAY_TASK_COUNT"),
    minTaskId: number("SLURM_ARRAY_TASK_MIN"),
    maxTaskId: number("SLURM_ARRAY_TASK_MAX"),
    taskIdStep: number("SLURM_ARRAY_TASK_STEP"),
  };
}

const ARRAY_IDS = { job: "SLURM_ARRAY_JOB_ID", task: "SLURM_ARRAY_TASK_ID" } as const;

const readLabels = (env: SlurmEnvironment) => ({
  jobName: readText(env, "SLURM_JOB_NAME"),
  user: readText(env, "SLURM_JOB_USER"),
  clusterName: readText(env, "SLURM_CLUSTER_NAME"),
  submitDir: readText(env, "SLURM_SUBMIT_DIR"),
  submitHost: readText(env, "SLURM_SUBMIT_HOST"),
});

/** Slurm gives seconds since 1970; its END minus its START is the job's limit. Of two that contradict each other none counts. */
function readTimes(env: SlurmEnvironment, notes: Notes): Times {
  const [start, end] = [TIMES.start, TIMES.end].map((variable) => notes.unlessOdd(() => readAmount(env, variable)));
  if (start !== undefined && end !== undefined && end < start) {
    notes.passOver(TIMES.start, String(start), `the job would end earlier, at ${end} (${TIMES.end})`);
    notes.passOver(TIMES.end, String(end), `the job would start later, at ${start} (${TIMES.start})`);
    return {};
  }
  return {
    startTimeMs: inMs(start),
    endTimeMs: inMs(end),
    timeLimitMs: start === undefined || end === undefined ? undefined : inMs(end - start),
  };
}

type Times = Pick<Allocation, "startTimeMs" | "endTimeMs" | "timeLimitMs">;

const TIMES = { start: "SLURM_JOB_START_TIME", end: "SLURM_JOB_END_TIME" } as const;

const inMs = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1000);
