/**
 * What the accounting knows of a job that the controller has forgotten, or more of one than the controller tells: who
 * cancelled it, and which of its steps needed more memory. Many sites have none, and where there is one it may be minutes
 * late: a last hint. Pure: the caller draws the mark (as for squeue) and runs sacct. (sacct(1), 20.11 to 26.05)
 */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { readableNodes } from "./readable-nodes.ts";

/** A job in the accounting. */
export interface AccountedJob {
  /** Slurm's word, without what stands behind it. */
  readonly state: string;
  /** The user that cancelled it, by number, where that is known. */
  readonly cancelledBy: number | undefined;
  readonly reason: string;
  readonly exitCode: number;
  readonly exitSignal: number;
  readonly nodes: readonly string[];
  /** Steps that needed more memory than they had, such as `batch`, `extern` or `0`. */
  readonly stepsOutOfMemory: readonly string[];
}

const FIELDS = ["JobIDRaw", "State", "ExitCode", "Reason", "NodeList", "JobName"] as const;

/** The argument vector of one sacct for a job and its steps. */
export const sacctQuestion = (jobId: SlurmJobId, mark: string): readonly string[] => [
  "sacct",
  `--jobs=${jobId}`,
  "--noheader",
  "--parsable2",
  `--delimiter=${mark}`,
  `--format=${FIELDS.join(",")}`,
];

/** The job of that id and name in what sacct printed; undefined where it is not there. */
export function readSacctAnswer(
  printed: string,
  { jobId, name, mark }: { readonly jobId: SlurmJobId; readonly name: string; readonly mark: string },
): AccountedJob | undefined {
  const rows = printed
    .split("\n")
    .map((line) => line.split(mark))
    .filter((fields) => fields.length === FIELDS.length);
  const job = rows.find(([id, , , , , jobName]) => id === String(jobId) && jobName === name.split("\n", 1)[0]);
  if (job === undefined) return undefined;
  const [, state = "", exit = "", reason = "", nodes = ""] = job;
  const [exitCode = 0, exitSignal = 0] = exit.split(":").map((number) => Number.parseInt(number, 10) || 0);
  const by = /^CANCELLED by (\d+)$/.exec(state)?.[1];
  return {
    state: state.split(" ", 1)[0] ?? "",
    cancelledBy: by === undefined ? undefined : Number(by),
    reason,
    exitCode,
    exitSignal,
    nodes: readableNodes(nodes),
    stepsOutOfMemory: rows
      .filter(([id = "", state]) => id.startsWith(`${jobId}.`) && state === "OUT_OF_MEMORY")
      .map(([id = ""]) => id.slice(`${jobId}.`.length)),
  };
}
