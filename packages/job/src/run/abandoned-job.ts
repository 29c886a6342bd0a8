/**
 * Under `--no-kill` Slurm takes a lost node out of a job, also the node that runs its script: then the job stays
 * RUNNING with nobody in it until its time limit, also when the node is back. The sign is a BatchHost that is none of
 * the job's nodes: for Slurm, the script is no part of the job any more. Pure: the caller runs scontrol.
 */
import { type JobRecord, type JobState, parseJobRecord, type SlurmJobId } from "@hyperion-ts/slurm-env";

/** What Slurm says of a job that nothing was heard of. */
export type JobView =
  /** It has ended, or ends, or is no batch job: a person's own allocation, which is never ended for them. */
  | { readonly type: "none-of-ours" }
  /** The node of its script is one of its nodes. */
  | { readonly type: "attended" }
  /** The node of its script is none of its nodes any more: nobody would end it. */
  | {
      readonly type: "abandoned";
      /** As scancel takes it: of a task of an array that task alone. */
      readonly id: string;
      /** The node of its script. */
      readonly batchHost: string;
      /** The file of the script's standard output. */
      readonly outputFile: string | undefined;
    };

/** Reads what `scontrol show job JOBID` prints. */
export function viewJob(printed: string, jobId: SlurmJobId): JobView {
  const record = parseJobRecord(printed, jobId);
  if (record === undefined || !holdsNodes(record) || !record.isBatch) return { type: "none-of-ours" };
  const { array, batchHost, nodes, outputFile } = record;
  if (batchHost === undefined || nodes.length === 0 || nodes.includes(batchHost)) return { type: "attended" };
  return {
    type: "abandoned",
    id: array === undefined ? String(jobId) : `${array.jobId}_${array.index ?? ""}`,
    batchHost,
    outputFile,
  };
}

/** Not so a job that Slurm starts again: its script's node may still be the one of before. */
const holdsNodes = ({ state }: JobRecord): boolean =>
  state === ("RUNNING" satisfies JobState) || state === ("SUSPENDED" satisfies JobState);
