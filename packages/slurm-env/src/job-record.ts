/**
 * What `scontrol show job` prints, as data: one record for each job, task of an array, or component of a heterogeneous
 * job. Pure: the caller runs scontrol, with `TZ=UTC`, without SLURM_TIME_FORMAT in its environment (scontrol prints times
 * as its own environment says), and without `--oneliner` (see record-lines.ts). Lines and fields that are not known are
 * passed over. (Slurm's src/api/job_info.c, slurm_sprint_job_info)
 */
import { expandHostlist } from "./expand-hostlist.ts";
import { type NodeDetails, readNodeDetails } from "./node-details.ts";
import { parseNodeName } from "./node-name.ts";
import { RecordLines } from "./record-lines.ts";
import { parseSlurmJobId, type SlurmJobId } from "./slurm-job-id.ts";

/** A job, or one task of an array, or one component of a heterogeneous job. Texts are empty, and numbers 0, where Slurm does not say. */
export interface JobRecord {
  /** Its own id; an array's task and a component of a heterogeneous job have one each. */
  readonly id: SlurmJobId;
  /** Its first line. */
  readonly name: string;
  /** The login name of who submitted it. */
  readonly user: string;
  /** The same as a number (uid). */
  readonly userId: number | undefined;
  /** The partition that it waits for, or runs in; several, separated by commas, while it waits for the first of them. */
  readonly partition: string;
  /** Slurm's word, such as `PENDING`, `RUNNING`, `COMPLETED`, `TIMEOUT`; `jobPhase` says what it means. */
  readonly state: string;
  /** Why it is in that state, such as `Resources` or `TimeLimit`; `None` where there is nothing to say. */
  readonly reason: string;
  /** The names of the nodes that the job has or had, checked. */
  readonly nodes: readonly string[];
  /** How many CPUs it has, or asks for. */
  readonly cpus: number;
  /** Its part of each node; only with `--details`, and only of a job that has nodes. */
  readonly nodeDetails: readonly NodeDetails[];
  /** Whether it has a script, and is no person's own allocation (salloc). */
  readonly isBatch: boolean;
  /** The node that its script runs on, or ran on. */
  readonly batchHost?: string | undefined;
  /** Nodes that were lost, where it failed for that; from Slurm 23.02 on. */
  readonly failedNodes?: readonly string[] | undefined;
  /** How often Slurm has put it back into the queue. */
  readonly restarts: number;
  /** The script's own; 0 while it runs. */
  readonly exitCode: number;
  /** The signal's number that ended the script, or 0. */
  readonly exitSignal: number;
  /** Times are in milliseconds since 1970, on the controller's clock; absent where they are not known. */
  readonly submitTimeMs?: number | undefined;
  /** When it began, or is expected to. */
  readonly startTimeMs?: number | undefined;
  /** When it ended, or Slurm will end it; absent where it has no limit. */
  readonly endTimeMs?: number | undefined;
  /** Where its output goes, on the cluster; of batch jobs only. */
  readonly outputFile?: string | undefined;
  /** A name that no other job ever has, from Slurm 25.11 on. */
  readonly sluid?: string | undefined;
  /** For a task of an array; `index` is undefined where one record stands for those that still wait. */
  readonly array?: { readonly jobId: SlurmJobId; readonly index: number | undefined } | undefined;
  /** For a component of a heterogeneous job. */
  readonly het?: { readonly jobId: SlurmJobId; readonly offset: number } | undefined;
}

/**
 * All records of a text, in its order; what is none is passed over.
 *
 * @throws SlurmEnvError `malformed` or `too-many-names` when a list of nodes, CPUs or GPUs can't be right
 */
export const parseJobRecords = (text: string): readonly JobRecord[] =>
  splitJobRecords(text).map((record) => record.read());

/**
 * The records of one job: its own, and, where it is a component of a heterogeneous job, those of all components. Other
 * jobs are passed over unread: an array's last task has the array's own id, under which scontrol shows every task.
 *
 * @throws SlurmEnvError as `parseJobRecords`.
 */
export function parseJobRecordsOf(text: string, jobId: SlurmJobId): readonly JobRecord[] {
  const records = splitJobRecords(text);
  const own = records.filter(({ id }) => id === jobId);
  const hetJobId = own[0]?.hetJobId;
  return (hetJobId === undefined ? own : records.filter((record) => record.hetJobId === hetJobId)).map((record) =>
    record.read(),
  );
}

/**
 * The job's own record.
 *
 * @throws SlurmEnvError as `parseJobRecords`.
 */
export const parseJobRecord = (text: string, jobId: SlurmJobId): JobRecord | undefined =>
  splitJobRecords(text)
    .find(({ id }) => id === jobId)
    ?.read();

interface UnreadRecord {
  readonly id: number;
  readonly hetJobId: number | undefined;
  readonly read: () => JobRecord;
}

/** A record begins behind an empty line, or at the beginning. */
const splitJobRecords = (text: string): readonly UnreadRecord[] =>
  text.split(/\n\s*\n(?=JobId=\d)/).flatMap((record) => {
    const [head, name] = cutAt(record.split("\n", 1)[0] ?? "", " JobName=");
    const numbers = new RecordLines(head);
    const id = numberOf(numbers.field("JobId"));
    if (id === undefined) return [];
    const hetJobId = numberOf(numbers.field("JobId", "HetJobId"));
    return [{ id, hetJobId, read: () => readRecord(numbers, name, record) }];
  });

function readRecord(numbers: RecordLines, name: string, record: string): JobRecord {
  const lines = new RecordLines(record);
  const [, user = "", userId] = /^(.*)\((\d+)\)$/.exec(lines.field("UserId") ?? "") ?? [];
  const [exitCode = 0, exitSignal = 0] = (lines.field("Requeue", "ExitCode") ?? "").split(":").map(Number);
  const nodes = lines.field("NodeList");
  const batchHost = lines.field("BatchHost");
  const failedNodes = lines.field("JobState", "FailedNode");
  return {
    id: parseSlurmJobId(Number(numbers.field("JobId"))),
    name,
    user,
    userId: numberOf(userId),
    partition: lines.field("Partition") ?? "",
    state: lines.field("JobState") ?? "",
    reason: lines.field("JobState", "Reason") ?? "",
    nodes: nodes === undefined ? [] : expandHostlist(nodes, "NodeList"),
    cpus: Number.parseInt(lines.field("NumNodes", "NumCPUs") ?? "0", 10),
    nodeDetails: readNodeDetails(record),
    isBatch: Number(lines.field("Requeue", "BatchFlag") ?? 0) > 0,
    batchHost: batchHost === undefined ? undefined : parseNodeName(batchHost),
    failedNodes: failedNodes === undefined ? undefined : expandHostlist(failedNodes, "FailedNode"),
    restarts: numberOf(lines.field("Requeue", "Restarts")) ?? 0,
    exitCode,
    exitSignal,
    submitTimeMs: timeOf(lines.field("SubmitTime")),
    startTimeMs: timeOf(lines.field("StartTime")),
    endTimeMs: timeOf(lines.field("StartTime", "EndTime")),
    outputFile: lines.text("StdOut")?.trimEnd(),
    sluid: /^s[0-9A-Z]{13}$/.exec(lines.field("SLUID") ?? "")?.[0],
    ...placeOf(numbers),
  };
}

/** What a record's first line says of the array or the heterogeneous job that it is a part of. */
function placeOf(numbers: RecordLines): Pick<JobRecord, "array" | "het"> {
  const arrayJobId = numberOf(numbers.field("JobId", "ArrayJobId"));
  const hetJobId = numberOf(numbers.field("JobId", "HetJobId"));
  return {
    array:
      arrayJobId === undefined
        ? undefined
        : { jobId: parseSlurmJobId(arrayJobId), index: numberOf(numbers.field("JobId", "ArrayTaskId")) },
    het:
      hetJobId === undefined
        ? undefined
        : { jobId: parseSlurmJobId(hetJobId), offset: numberOf(numbers.field("JobId", "HetJobOffset")) ?? 0 },
  };
}

/** What is before a mark, and what is behind it. */
function cutAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
}

const numberOf = (digits: string | undefined): number | undefined =>
  /^\d+$/.test(digits ?? "") ? Number(digits) : undefined;

/** As scontrol prints it where its time zone is UTC; `Unknown` or `None` where there is none. */
const timeOf = (time = ""): number | undefined =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(time) ? Date.parse(`${time}Z`) : undefined;
