/**
 * What a Slurm job is to have, and how it is to be run: the options of sbatch(1) as typed values. (Hyperion:
 * SbatchOptions in Hyperion.Slurm.Sbatch.)
 *
 * An option that is left out has its default, where there is one; `null` leaves it out of the command, also where there
 * is a default, so that what a site refuses can be taken away. What is left out of the command, sbatch takes from the
 * person's SBATCH_* variables, and else the site decides.
 */
import type { JobTime } from "./job-time.ts";
import { jobSeconds } from "./job-time.ts";
import type { MemorySize } from "./memory-size.ts";

/** Options of one Slurm job. */
export interface SbatchOptions {
  /** Its working directory, an absolute path that is there on its nodes too. Default: the job directory. */
  readonly chdir?: string | null;
  /** How many nodes, or from how many to how many. Default 1. */
  readonly nodes?: number | NodeRange | null;
  /** Tasks on each node; with `cpusPerTask` (one, if that is left out) this makes the CPUs of a node. */
  readonly nTasksPerNode?: number | null;
  /** CPUs of each task. Default: left to sbatch, which takes one. */
  readonly cpusPerTask?: number | null;
  /** Slurm rounds it up to minutes. `"unlimited"`: as long as the partition allows. Default 24 hours. */
  readonly time?: JobTime | "unlimited" | null;
  /** Memory of each node; `"all"`: all that it has. Not together with `memPerCpu`. */
  readonly mem?: MemorySize | "all" | null;
  /** Memory for each CPU of the job. Not together with `mem`. */
  readonly memPerCpu?: MemorySize | null;
  /** GPUs of the whole job. */
  readonly gpus?: number | GpuCount | null;
  /** GPUs of each node. */
  readonly gpusPerNode?: number | GpuCount | null;
  /** Generic resources of each node, such as `["gpu:a100:2", "shard:4"]`. */
  readonly gres?: readonly string[] | null;
  /** One partition, or several of which the first to have room runs the job. */
  readonly partition?: string | readonly string[] | null;
  /** An expression of node features, such as `"haswell&ib"`. */
  readonly constraint?: string | null;
  /** The account that pays. Default: the person's own, as the site has it. */
  readonly account?: string | null;
  /** The quality of service, by its name at the site. */
  readonly qos?: string | null;
  /** The reservation to run in, or several, of which the first to have room is taken. */
  readonly reservation?: string | readonly string[] | null;
  /** Nodes that must be among the job's: names or hostlists, such as `["n[1-3]"]`. */
  readonly nodelist?: readonly string[] | null;
  /** Nodes that the job must not get. */
  readonly exclude?: readonly string[] | null;
  /** Whole nodes, not shared with other jobs, or (`"user"`) not with other people's. Memory is still what is asked for: see `mem: "all"`. */
  readonly exclusive?: boolean | "user" | null;
  /** When it may start, such as `"afterany:4711"`. */
  readonly dependency?: string | null;
  /** Such as `["matlab:2"]`. */
  readonly licenses?: readonly string[] | null;
  /** A text that Slurm keeps with the job, for people. */
  readonly comment?: string | null;
  /** When Slurm writes mail. */
  readonly mailType?: readonly MailType[] | null;
  /** Who gets the mail: an account or an address. Default: the person who submits. */
  readonly mailUser?: string | null;
  /** true: a job whose node is lost ends; false: Slurm starts it again, and it goes on where it was. Default: the site decides. */
  readonly noRequeue?: boolean | null;
  /** The warning before the time limit, on which a job begins no call any more. Default: SIGUSR2, a tenth of `time` before its end, 120 s at most. */
  readonly signal?: EarlySignal | null;
  /** Lines of sh that the job runs before the program, such as `"module load gcc/13"`. Options of sbatch don't go here. */
  readonly scriptPreamble?: string | null;
  /** Further options of sbatch, each in its long form, such as `["--wckey=tests", "--spread-job"]`. */
  readonly further?: readonly string[] | null;
}

/** From `min` to `max` nodes. */
export interface NodeRange {
  /** The job starts with no fewer. */
  readonly min: number;
  /** The job gets no more. */
  readonly max: number;
}

/** GPUs, of a type where it is named, such as `{ type: "a100", count: 2 }`. */
export interface GpuCount {
  /** Their type, by its name at the site. Default: any. */
  readonly type?: string;
  /** How many. */
  readonly count: number;
}

/** A signal that Slurm sends to the job's program, up to a minute earlier than asked for. */
export interface EarlySignal {
  /** Not USR1: Node would listen for a debugger, who may run anything as this user. */
  readonly name: "USR2" | "TERM";
  /** How long before the time limit, in whole seconds from 0 to 65,535. */
  readonly secondsBefore: number;
}

/** What sbatch can write mail on (sbatch(1), `--mail-type`). */
export type MailType = (typeof MAIL_TYPES)[number];

/** All words that sbatch takes for them. */
export const MAIL_TYPES = [
  "NONE",
  "BEGIN",
  "END",
  "FAIL",
  "REQUEUE",
  "ALL",
  "INVALID_DEPEND",
  "STAGE_OUT",
  "TIME_LIMIT",
  "TIME_LIMIT_90",
  "TIME_LIMIT_80",
  "TIME_LIMIT_50",
] as const;

/**
 * `base` with `changes` made: each option that they name takes the place of the one in `base`, as a whole; `null` takes
 * it away, and what is undefined in them stays as it was.
 *
 * @example
 * mergeSbatchOptions({ partition: "long", mem: { gigabytes: 4 } }, { mem: { gigabytes: 8 }, partition: null });
 */
export const mergeSbatchOptions = (base: SbatchOptions, changes: SbatchOptions): SbatchOptions => ({
  ...base,
  ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
});

const DEFAULT_TIME: JobTime = { hours: 24 };
const LONGEST_WARNING_SECONDS = 120;

/** The options with the defaults of those that are left out; `directory` is the job's. */
export function withSbatchDefaults(options: SbatchOptions, directory: string): SbatchOptions {
  const { time = DEFAULT_TIME } = options;
  return mergeSbatchOptions({ chdir: directory, nodes: 1, time, signal: earlySignal(time) }, options);
}

/** Slurm sends it as soon as the job begins where the limit is no further away: a short job would do nothing. */
function earlySignal(time: NonNullable<SbatchOptions["time"]> | null): EarlySignal {
  const seconds = time === null || time === "unlimited" ? Infinity : jobSeconds(time);
  return { name: "USR2", secondsBefore: Math.min(LONGEST_WARNING_SECONDS, Math.floor(seconds / 10)) };
}
