/** What is told of a Slurm job that a program on a login node has for one of its calls. */

/**
 * Where the job of a call is:
 *
 * - `submitting`: it is being submitted, or Slurm does not take it yet;
 * - `waiting`: in Slurm's queue, also once more;
 * - `held`: it goes on only when a person does something: Slurm's doing, or a failure that waits for one (`hold`);
 * - `running`: it has nodes;
 * - `done`, `failed`, `cancelled`: nothing of it is left.
 */
export type SlurmJobState = "submitting" | "waiting" | "held" | "running" | "done" | "failed" | "cancelled";

/** How many calls within a job are in which state, over all functions. */
export interface SlurmJobCalls {
  /** Answered with a result. */
  readonly done: number;
  /** Failed for good. */
  readonly failed: number;
  /** Begun, and not ended. */
  readonly running: number;
  /** Wanted and not begun, and those that are certain to be wanted. */
  readonly waiting: number;
  /** Found in a database. */
  readonly remembered: number;
}

/** The Slurm job of one call, and how it is. */
export interface SlurmJobNews {
  /** Names the call among all that ever were, over all its submissions: `"q7RkW-3Fa"`. */
  readonly call: string;
  /** The name of the job, or of the remote function. */
  readonly name: string;
  /** What it is called with, in a few characters: `"n=2 eps=1e-9"`; empty while that is not known. */
  readonly input: string;
  /** Slurm's; null before Slurm has given one. */
  readonly jobId: number | null;
  /** Where the job is. */
  readonly state: SlurmJobState;
  /** Slurm's word for why it waits, such as `"Resources"`; null where there is none. */
  readonly reason: string | null;
  /** What a person should know of the state; null where it says all. Of `failed`: the message of its error. */
  readonly sentence: string | null;
  /** Nodes that it has or had. */
  readonly nodes: readonly string[];
  /** Slurm's own word for its state, such as `"PENDING"`; null while Slurm has not shown it, and where its end was told by its own head. */
  readonly slurmState: string | null;
  /** Whether its state changes: `by-itself`, `maybe`, only when a `person` does something, or nobody knows; null where that is no question. */
  readonly change: "by-itself" | "maybe" | "person" | "unknown" | null;
  /** When Slurm expects it to begin: ISO 8601; null where it runs, or Slurm does not say. */
  readonly startsAt: string | null;
  /**
   * How it ended: `value`; `threw` where its own code did; `time-is-up` where it came to its time limit in order; `cancelled`;
   * `not-submitted`; else what Slurm says, as `out-of-memory`, `timed-out`, `node-failed` or `failed`. null while it has not.
   */
  readonly end: string | null;
  /** Its directory, where its output is in the file `output`; later it is `ended/<call>` beside that. null where it has none. */
  readonly directory: string | null;
  /** How many CPUs Slurm has given it, or is asked for; null where it has not told. */
  readonly cpus: number | null;
  /** null before its head has told. */
  readonly calls: SlurmJobCalls | null;
  /** So long it had been in this state when this was told, in milliseconds. */
  readonly forMs: number;
  /** The id of the hold of a call whose job has failed, and that waits for a person: its state is `held`. Absent: it is not held. */
  readonly hold?: string | undefined;
}

/** Whether nothing of the job is left. */
export const hasEnded = ({ state }: Pick<SlurmJobNews, "state">): boolean =>
  state === "done" || state === "failed" || state === "cancelled";
