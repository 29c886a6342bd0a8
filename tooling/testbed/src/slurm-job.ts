/** What Slurm says of jobs: `scontrol show job --oneliner`, parsed. Pure. */
import { expandHostlist, parseSlurmJobId } from "@hyperion-ts/slurm-env";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";

/** A job, or one task of an array, or one component of a heterogeneous job. */
export interface SlurmJob {
  readonly id: SlurmJobId;
  readonly name: string;
  readonly user: string;
  readonly partition: string;
  /** Slurm's word, such as `PENDING`, `RUNNING`, `COMPLETED`, `FAILED`, `TIMEOUT`, `NODE_FAIL` (squeue(1), "JOB STATE CODES"). */
  readonly state: string;
  /** Why it is in that state, such as `Resources`; `None` where there is nothing to say. */
  readonly reason: string;
  /** Nodes that it has or had. */
  readonly nodes: readonly string[];
  readonly cpus: number;
  /** How often Slurm has put it back into the queue. */
  readonly restarts: number;
  /** The batch script's own; 0 while it runs. */
  readonly exitCode: number;
  /** The signal's number that ended the script, or 0. */
  readonly exitSignal: number;
  /** Where its output goes, in the cluster; of batch jobs only. */
  readonly outputFile?: string;
  /** For a task of an array; `index` is undefined where one record stands for those that still wait. */
  readonly array?: { readonly jobId: SlurmJobId; readonly index: number | undefined };
  /** For a component of a heterogeneous job. */
  readonly het?: { readonly jobId: SlurmJobId; readonly offset: number };
}

/** @param text one job per line. */
export const parseJobs = (text: string): readonly SlurmJob[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("JobId="))
    .map(parseJob);

/** Has it come to its end, whichever? */
export const isFinal = ({ state }: SlurmJob): boolean => !unfinished.has(state);

const unfinished: ReadonlySet<string> = new Set([
  "PENDING",
  "CONFIGURING",
  "RUNNING",
  "SUSPENDED",
  "STOPPED",
  "COMPLETING",
  "RESIZING",
  "REQUEUED",
  "REQUEUE_HOLD",
  "REQUEUE_FED",
  "SIGNALING",
  "STAGE_OUT",
  "SPECIAL_EXIT",
  "RESV_DEL_HOLD",
]);

function parseJob(line: string): SlurmJob {
  const fields = parseFields(line);
  const text = (key: string): string => fields.get(key) ?? "";
  const [exitCode = 0, exitSignal = 0] = text("ExitCode").split(":").map(Number);
  const nodes = text("NodeList");
  const arrayId = fields.get("ArrayJobId");
  const hetId = fields.get("HetJobId");
  const arrayIndex = Number(text("ArrayTaskId"));
  return {
    id: parseSlurmJobId(Number(text("JobId"))),
    name: text("JobName"),
    user: text("UserId").split("(", 1)[0] ?? "",
    partition: text("Partition"),
    state: text("JobState"),
    reason: text("Reason"),
    nodes: nodes === "" || nodes === "(null)" ? [] : expandHostlist(nodes),
    cpus: Number.parseInt(text("NumCPUs"), 10),
    restarts: Number(text("Restarts")),
    exitCode,
    exitSignal,
    ...(fields.has("StdOut") && { outputFile: text("StdOut") }),
    ...(arrayId !== undefined && {
      array: { jobId: parseSlurmJobId(Number(arrayId)), index: Number.isInteger(arrayIndex) ? arrayIndex : undefined },
    }),
    ...(hetId !== undefined && {
      het: { jobId: parseSlurmJobId(Number(hetId)), offset: Number(text("HetJobOffset")) },
    }),
  };
}

/** `Key=value Key=value`; values may have spaces, and the first of a key counts. Slurm 24.11 ends the line with a space. */
function parseFields(line: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of line.trimEnd().split(/\s(?=[A-Z][A-Za-z:/]*=)/)) {
    const equals = field.indexOf("=");
    const key = field.slice(0, equals);
    if (!fields.has(key)) fields.set(key, field.slice(equals + 1));
  }
  return fields;
}
