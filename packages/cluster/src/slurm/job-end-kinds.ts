/** The ends of a Slurm job, and what is not one: a state, one of its kinds each. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";

/** How a job ended, or that it has not. */
export type HowJobEnded =
  /** Its script ended with exit code 0. */
  | { readonly kind: "completed"; readonly exitCode: 0 }
  /** Its script ended with that exit code, or was ended by that signal; the other one is 0. */
  | { readonly kind: "failed"; readonly exitCode: number; readonly signal: number }
  /** Slurm ended it at its time limit. */
  | { readonly kind: "timed-out" }
  /** It was ended, or failed, because it needed more memory than it had asked for. */
  | { readonly kind: "out-of-memory" }
  /** Slurm has lost one of its nodes; `failedNodes` are the ones that may be it. */
  | { readonly kind: "node-failed"; readonly failedNodes: readonly string[] }
  /** It had to make room for a job with a higher priority. */
  | { readonly kind: "preempted" }
  /** `byUserId` is known only where the accounting tells; 0 is root. */
  | { readonly kind: "cancelled"; readonly while: "pending" | "running"; readonly byUserId: number | undefined }
  /** It waits or runs again, from its script's beginning: no end. */
  | { readonly kind: "requeued" }
  /** It waits or runs as before: no end. */
  | { readonly kind: "goes-on" }
  /** It could not end before its deadline any more. */
  | { readonly kind: "deadline" }
  /** Its nodes could not be started. */
  | { readonly kind: "boot-failed" }
  /** Another cluster of the federation runs it. */
  | { readonly kind: "revoked" }
  /** Its node could not open the file for its output, so it never began. */
  | { readonly kind: "output-not-openable" }
  /** What it asks for can't be had here: sbatch refused it, and a record was left. */
  | { readonly kind: "not-placed" }
  /** Slurm answers, and knows no such job (any more), and neither does its output. */
  | { readonly kind: "forgotten" }
  /** Nobody answered, or with a word that is not known here: no end. */
  | { readonly kind: "unknown" };

/** What is known of a job's end beside its kind. */
export interface JobEndFacts {
  readonly jobId: SlurmJobId;
  /** Whether it will run no more: not so for `requeued`, `goes-on` and `unknown`. */
  readonly hasEnded: boolean;
  /** What happened, for a person. */
  readonly sentence: string;
  /** What would help, for a person; undefined where nothing has to. */
  readonly help: string | undefined;
  /** Who told its kind: the controller, the accounting, or its output. */
  readonly toldBy: "scontrol" | "sacct" | "output" | "nobody";
  /** Slurm's words; undefined where they are not known. */
  readonly state: string | undefined;
  readonly reason: string | undefined;
  /** Nodes that it has or had. */
  readonly nodes: readonly string[];
  /** How often Slurm has put it back into the queue; undefined where that is not known. */
  readonly restarts: number | undefined;
  /** In milliseconds since 1970 on the controller's clock; undefined where they are not known. */
  readonly startTimeMs: number | undefined;
  readonly endTimeMs: number | undefined;
  /** Where its output is, on the cluster. */
  readonly outputFile: string | undefined;
  /** The last lines of its output; none where it can't be read. */
  readonly lastLines: readonly string[];
  /** A working directory that its node could not enter: the job has run in /tmp. */
  readonly noDirectory: string | undefined;
}

/** How a job ended, with all that is known of it. */
export type JobEnd = HowJobEnded & JobEndFacts;
