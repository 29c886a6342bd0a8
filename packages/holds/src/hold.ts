/** What is kept of a failure that waits for a person. */
import type { HoldChanges } from "./hold-changes.ts";

/** Where it happened; null: not known, or not there. */
export interface HoldPlace {
  /** Slurm's id of the job. */
  readonly jobId: number | null;
  /** The node, or several as `n1,n2`. */
  readonly node: string | null;
  /** The path of what was printed. */
  readonly log: string | null;
}

/** What would help. */
export interface Remedy {
  /** What a retry should change; empty: nothing that an option can say. */
  readonly changes: HoldChanges;
  /** The same for a person, in a sentence or a few. */
  readonly words: string;
}

/** A call that failed, as its program tells it. */
export interface HeldFailure {
  /** `job`: a Slurm job of its own; `call`: a remote function. */
  readonly kind: "job" | "call";
  /** The same for the same call in each run of the program. */
  readonly key: string;
  /** The name of the job or function. */
  readonly name: string;
  /** What it was called with, in a few characters; may be empty. */
  readonly input: string;
  /** Where it happened. */
  readonly where: HoldPlace;
  /** How it ended, by one word that is the same for equal ends: `"out-of-memory"`. */
  readonly reason: string;
  /** How it ended, in a clause: `"out of memory on n3"`. */
  readonly summary: string;
  /** How it ended, in words. */
  readonly why: string;
  /** The end of what was printed. */
  readonly lastLines: readonly string[];
  /** Stands for the code and the options with which it failed: with others it may not. */
  readonly version: string;
  /** What would help. */
  readonly remedy: Remedy;
}

/** What a person has decided. */
export type HoldVerdict =
  /** The call is made again. */
  | { readonly kind: "retry" }
  /** Its caller gets the error. */
  | { readonly kind: "cancel" };

/** A failure that is held: the content of a file, `<id>.json`. */
export interface Hold extends HeldFailure {
  /** Of this layout. */
  readonly layout: 1;
  /** Names it among those of its program: `"3Fa"`. */
  readonly id: string;
  /** When the call failed last: ISO 8601. */
  readonly since: string;
  /** How often the call has failed since it was held for the first time. */
  readonly tries: number;
  /** What all retries so far have changed, together. */
  readonly changes: HoldChanges;
  /** A command line that applies the remedy. */
  readonly command: string;
  /** null: nobody has decided yet. A call that is being retried stays here until that has gone well. */
  readonly verdict: HoldVerdict | null;
}
