/**
 * The one question to Slurm about all jobs of this user, and its answer. `--me` lets the controller leave out the jobs of
 * others; ids as arguments would make squeue load all jobs of the cluster. Names and reasons are any text, with blanks,
 * commas, bars and line breaks: so a mark that nobody can know before stands around each job and between its fields. Pure: the caller draws the mark and runs squeue, with `TZ=UTC` and without
 * variables that change its answer (`askSlurm`). (squeue(1), 20.11 to 26.05)
 */
import { parseSlurmJobId, type SlurmJobId } from "@hyperion-ts/slurm-env";
import { readableNodes } from "./readable-nodes.ts";

/** A job as squeue shows it. Times are in milliseconds since 1970 on the controller's clock, and undefined where it has none. */
export interface QueuedJob {
  readonly id: SlurmJobId;
  /** Whatever its submitter wrote. */
  readonly name: string;
  /** Slurm's word, such as `PENDING`; `jobPhase` says what it means. */
  readonly state: string;
  /** Why it is in that state, as Slurm says it: `Resources`, `ReqNodeNotAvail, UnavailableNodes:n3`, `None`. */
  readonly reason: string;
  /** Nodes that it has or had. */
  readonly nodes: readonly string[];
  /** How many CPUs it has, or asks for. */
  readonly cpus: number | undefined;
  /** The node that its script runs on, or ran on. */
  readonly batchHost: string | undefined;
  readonly partition: string;
  readonly submitTimeMs: number | undefined;
  /** When it began; while it waits, when Slurm expects it to. */
  readonly startTimeMs: number | undefined;
  /** When it ended, or Slurm will end it. */
  readonly endTimeMs: number | undefined;
}

const FIELDS = ["%i", "%T", "%r", "%N", "%C", "%B", "%P", "%V", "%S", "%e", "%j"] as const;

/**
 * The argument vector of one squeue for all jobs of this user, those that have ended among them for as long as Slurm
 * remembers them (MinJobAge).
 *
 * @param mark a text that no job's name or reason can hold, such as a random UUID; without `%`
 */
export const squeueQuestion = (mark: string): readonly string[] => [
  "squeue",
  "--me",
  // Of hidden partitions, too.
  "--all",
  "--noheader",
  "--states=all",
  `--format=${mark}<${FIELDS.join(`${mark}|`)}${mark}>`,
];

/**
 * The jobs in what squeue printed when it was asked `squeueQuestion(mark)`, in its order. Tasks of arrays, components of
 * heterogeneous jobs, and what makes no sense are passed over: no job of this package is one of these.
 */
export const readSqueueAnswer = (printed: string, mark: string): readonly QueuedJob[] =>
  printed
    .split(`${mark}<`)
    .slice(1)
    .map((text) => text.split(`${mark}>`, 1)[0]?.split(`${mark}|`) ?? [])
    .filter(({ length }) => length === FIELDS.length)
    .flatMap(readJob);

function readJob(fields: readonly string[]): readonly QueuedJob[] {
  const [id = "", state = "", reason = "", nodes = "", count = "", host = "", partition = "", ...rest] = fields;
  const [submitted = "", starts = "", ends = "", name = ""] = rest;
  if (!/^[1-9]\d{0,14}$/.test(id) || state === "") return [];
  return [
    {
      id: parseSlurmJobId(Number(id)),
      name,
      state,
      reason,
      nodes: readableNodes(nodes),
      cpus: numberOf(count),
      batchHost: nodeOf(host),
      partition,
      submitTimeMs: timeOf(submitted),
      startTimeMs: timeOf(starts),
      endTimeMs: timeOf(ends),
    },
  ];
}

/** Slurm writes 2048 as 2K. */
function numberOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([KM]?)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * { "": 1, K: 1_024, M: 1_048_576 }[unit as "" | "K" | "M"];
}

const nodeOf = (name: string): string | undefined => (name === "n/a" ? undefined : readableNodes(name)[0]);

const timeOf = (time: string): number | undefined =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(time) ? Date.parse(`${time}Z`) : undefined;
