/** This program's Slurm job, as the lock of a results database names it, and whether another one has ended. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { BatchJob } from "@hyperion-ts/results";
import type { SlurmEnvironment } from "@hyperion-ts/slurm-env";

const SCONTROL_TIMEOUT_MS = 10_000;

/** A start of a job: Slurm runs a job again, under its old id, when a node failed under it. */
interface JobStart {
  readonly jobId: number;
  readonly restarts: number;
}

/** The job of this environment. */
export function slurmBatchJob({ SLURM_JOB_ID = "", SLURM_RESTART_COUNT = "0" }: SlurmEnvironment): BatchJob {
  return { name: nameOf({ jobId: Number(SLURM_JOB_ID), restarts: Number(SLURM_RESTART_COUNT) }), hasEnded };
}

const nameOf = ({ jobId, restarts }: JobStart): string => `Slurm job ${jobId}, start ${restarts}`;

async function hasEnded(name: string): Promise<boolean> {
  const [, jobId, restarts] = /^Slurm job (\d+), start (\d+)$/.exec(name) ?? [];
  if (jobId === undefined) return false;
  try {
    const { stdout } = await promisify(execFile)("scontrol", ["show", "job", jobId], { timeout: SCONTROL_TIMEOUT_MS });
    return startHasEnded(stdout, { jobId: Number(jobId), restarts: Number(restarts) });
  } catch (error) {
    // Slurm forgets jobs some minutes after their end (MinJobAge of slurm.conf).
    return error instanceof Error && /Invalid job id specified/.test(error.message);
  }
}

/** Reads what `scontrol show job` prints. A job that is completing may still have processes. */
export function startHasEnded(printed: string, { jobId, restarts }: JobStart): boolean {
  const record = printed.split(/\n\s*\n/).find((text) => new RegExp(`^\\s*JobId=${jobId}\\b`).test(text));
  if (record === undefined) return false;
  const state = /\bJobState=(\w+)/.exec(record)?.[1] ?? "";
  return ended.has(state) || (Number(/\bRestarts=(\d+)/.exec(record)?.[1] ?? 0) > restarts && state !== "COMPLETING");
}

/** Of squeue(1), "JOB STATE CODES": those of jobs that have no process any more. */
const ended = new Set(["BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT"]);
