/**
 * Under `--no-kill` Slurm takes a lost node out of a job, also the node that runs its script: then the job stays
 * RUNNING with nobody in it until its time limit, also when the node is back. The sign is a BatchHost that is none of
 * the job's nodes: for Slurm, the script is no part of the job any more. Pure: the caller runs scontrol.
 */
import { expandHostlist } from "@hyperion-ts/slurm-env";

/** What Slurm says of a job that nothing was heard of. */
export type JobView =
  /** It has ended, or ends, or is no batch job: a person's own allocation, which is never ended for them. */
  | { readonly type: "none-of-ours" }
  /** The node of its script is one of its nodes. */
  | { readonly type: "attended" }
  | {
      readonly type: "abandoned";
      /** As scancel takes it: of a task of an array that task alone. */
      readonly id: string;
      readonly batchHost: string;
      /** The file of the script's standard output. */
      readonly outputFile: string | undefined;
    };

/** Reads what `scontrol show job JOBID` prints. */
export function viewJob(printed: string, jobId: string): JobView {
  const records = printed.split(/^(?=JobId=)/m).map(withoutName);
  const record = records.find((text) => field(text, "JobId") === jobId);
  if (record === undefined) return { type: "none-of-ours" };
  const batchHost = field(record, "BatchHost");
  const nodes = field(record, "NodeList");
  if (!GOES_ON.has(field(record, "JobState") ?? "") || (field(record, "BatchFlag") ?? "0") === "0")
    return { type: "none-of-ours" };
  if (batchHost === undefined || nodes === undefined || nodes.startsWith("(null")) return { type: "attended" };
  if (expandHostlist(nodes, "NodeList").some((name) => name === batchHost)) return { type: "attended" };
  const arrayJobId = field(record, "ArrayJobId");
  return {
    type: "abandoned",
    id: arrayJobId === undefined ? jobId : `${arrayJobId}_${field(record, "ArrayTaskId") ?? ""}`,
    batchHost,
    outputFile: field(record, "StdOut"),
  };
}

/** Of squeue(1), "JOB STATE CODES": those in which nodes are held. */
const GOES_ON: ReadonlySet<string> = new Set(["RUNNING", "SUSPENDED"]);

/** The job's name ends the first line, and may be any text, also one that looks like another field. */
const withoutName = (record: string): string => record.replace(/ JobName=.*/, "");

const field = (record: string, name: string): string | undefined =>
  new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(record)?.[1];
