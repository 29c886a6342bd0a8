/**
 * What part of this machine a local run has. Inside of a Slurm job that is the job's part, also where no cgroup keeps
 * the job to it: the rest belongs to others.
 */
import { type AllocatedNode, type Allocation, parseAllocation, type SlurmEnvironment } from "@hyperion-ts/slurm-env";
import { jobCgroups } from "./job-cgroups.ts";
import type { NodeShare } from "./node-share.ts";

/** This machine's part of a local run. */
export interface LocalShare {
  /** Its CPUs and memory. */
  readonly share: NodeShare;
  /** What this job's cgroups may be called. */
  readonly jobCgroups: readonly string[];
  /** What a person should know about it. */
  readonly note: string | null;
}

/** `cpus` is what a person has asked for, `usableCpus` how many this process may use. */
export function localShare(env: SlurmEnvironment, cpus: number | undefined, usableCpus: number): LocalShare {
  const asked: NodeShare = cpus === undefined ? {} : { cpus, exactly: true };
  if (env["SLURM_JOB_ID"] === undefined) return { share: asked, jobCgroups: [], note: null };
  try {
    return shareOfJob(env, parseAllocation(env), asked, usableCpus);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      share: asked,
      jobCgroups: [],
      note: `Slurm's variables are there, but do not tell which CPUs of this machine are the job's: all that may be used are (${why})`,
    };
  }
}

function shareOfJob(env: SlurmEnvironment, allocation: Allocation, asked: NodeShare, usableCpus: number): LocalShare {
  const node = allocation.nodes.find(({ name }) => name === allocation.head);
  // Under salloc the program runs outside of the job's nodes.
  if (node === undefined) return { share: asked, jobCgroups: [], note: null };
  const cpus = Math.min(cpusOfStep(env, node), usableCpus);
  const note =
    asked.cpus === undefined && cpus < usableCpus
      ? `${jobPart(allocation, cpus, node)} are used of the ${usableCpus} that this process may use. If that is not meant, say how many with the option cpus of runJobLocal`
      : null;
  return {
    share: { cpus, memoryMb: node.memoryMb, ...asked },
    jobCgroups: jobCgroups(allocation, undefined, env),
    note,
  };
}

/** Inside of a step that is smaller than the job, the step's. */
const cpusOfStep = ({ SLURM_CPUS_ON_NODE: text = "" }: SlurmEnvironment, { cpus }: AllocatedNode): number =>
  /^[1-9]\d*$/.test(text) ? Math.min(Number(text), cpus) : cpus;

const jobPart = ({ jobId }: Allocation, cpus: number, { memoryMb }: AllocatedNode): string =>
  `The ${cpus === 1 ? "CPU" : `${cpus} CPUs`}${memoryMb === undefined ? "" : ` and ${memoryMb} MB`} of Slurm job ${jobId}`;
