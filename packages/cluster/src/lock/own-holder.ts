/** This process as the holder of a lock: what others need to find out whether it is gone. */
import { type LockHolder, lockOf, newHolder, readHolder } from "@hyperion-ts/results/lock-file";
import type { ProgramInfo } from "@hyperion-ts/job";
import { ownIdentity } from "@hyperion-ts/processes/process-identity";
import { isSameProcess } from "./holder-watch.ts";

/** A new holder, for a run of this process; `shown` is the key. */
export async function ownHolder({ id, database }: ProgramInfo, shown: string): Promise<LockHolder> {
  const job = await ownJob();
  const run = readHolder(lockOf(database));
  const isOwn = run !== undefined && isSameProcess(run, ownIdentity());
  return newHolder({
    what: `program ${id}, key ${shown}`,
    ...(job === undefined ? {} : { job }),
    ...(isOwn ? { within: { path: lockOf(database), token: run.token } } : {}),
  });
}

let asked: Promise<string | undefined> | undefined;

/** The Slurm job that this process runs in. */
const ownJob = (): Promise<string | undefined> =>
  (asked ??= process.env["SLURM_JOB_ID"] === undefined ? Promise.resolve(undefined) : askOwnJob());

async function askOwnJob(): Promise<string | undefined> {
  const { slurmAllocation, slurmBatchJob } = await import("@hyperion-ts/job/program");
  try {
    return (await slurmBatchJob(slurmAllocation(process.env))).name;
  } catch {
    // Variables of Slurm that are no allocation's: this is no job.
    return undefined;
  }
}
