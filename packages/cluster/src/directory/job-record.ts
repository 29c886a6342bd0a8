/** What a job directory says of its call: what is to be run, each submission of it, and where its head is. Pure. */
import type { ProgramId, TaskOptions } from "@hyperion-ts/job";
import type { Attach } from "../link/attach.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";

/** What a Slurm job of ours runs: a job, or one remote function with so many CPUs. */
export type CallKind =
  | { readonly kind: "job" }
  | { readonly kind: "function"; readonly taskCpus: number; readonly taskOptions: TaskOptions };

/** A call of a job, as its directory keeps it (`job.json`): all that a head needs, beside the input. */
export interface JobRecord {
  readonly layout: 1;
  /** Names this directory among all that ever were, e.g. `"q7RkW-3Fa"`: its results are taken in under this name. */
  readonly id: string;
  /** The name of the job, or of the remote function. */
  readonly name: string;
  readonly call: CallKind;
  /** The program's results database, which heads read and never write. */
  readonly database: string;
  /** The program's folder for what can be made anew. */
  readonly dataDir: string;
  /** Where the program and its jobs keep their locks and folders of objects; absent: `dataDir`. */
  readonly ownDataDir?: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** One sbatch for a call. */
export interface Submission {
  /** The name of its Slurm job, which no other submission has. */
  readonly slurmName: string;
  /** The program that submitted it. */
  readonly programId: ProgramId;
  /** ISO 8601. */
  readonly submittedAt: string;
  readonly options: SbatchOptions;
  /** The program's code. */
  readonly snapshot: SnapshotName;
  /** The hash of the code of the job, or of the function; absent where it is not known. */
  readonly codeHash?: string | undefined;
  /** The cluster that has its job, by its name; absent: the one that Slurm's commands are on. */
  readonly cluster?: string | undefined;
  /** How the program that submitted it would be connected with its head; absent: as by default. */
  readonly attach?: Attach | undefined;
  /** Slurm's id; absent until sbatch has answered. */
  readonly jobId?: number;
  /** How it ended, where it left no outcome. */
  readonly end?: string;
  /** Whether its value was given to its caller, in some run of the program. Default: false. */
  readonly delivered?: boolean;
}

/** A snapshot of the program. */
export interface SnapshotName {
  readonly file: string;
  /** Of the file's bytes. */
  readonly hash: string;
}

/** Where a head runs (`head.json`), written again and again while it does. */
export interface HeadRecord {
  /** The number of its submission, from 1 on. */
  readonly submission: number;
  readonly host: string;
  /** Slurm's name of it; undefined where Slurm has not told. */
  readonly node: string | undefined;
  readonly pid: number;
  readonly slurmJobId: number;
  /** How often Slurm had put the job back into the queue. */
  readonly restarts: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The unix socket on its node where the program can connect to it; absent where it has none. */
  readonly socket?: string | undefined;
  /** The program, beside the head's own, that passes bytes on between its standard streams and the socket. */
  readonly relay?: string | undefined;
  readonly calls: CallsOfHead;
}

/** How many calls of a job are in which state, over all functions. */
export interface CallsOfHead {
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  /** Wanted and not begun, and those that are certain to be wanted. */
  readonly waiting: number;
  /** Found in a database. */
  readonly remembered: number;
}

/**
 * What was written as JSON into the file at `path`.
 *
 * @throws Error where it is no JSON
 */
export function parseRecord<R>(text: string, path: string): R {
  try {
    return JSON.parse(text) as R;
  } catch (cause) {
    throw new Error(`${path} is damaged: it is no JSON. Remove its folder, and the call is made anew`, { cause });
  }
}
