/** What became of a Slurm command that was asked something. */

/** Why a command has no exit code. */
export type NoExitCode =
  /** It is not there, or can't be run. */
  | { readonly kind: "not-run"; readonly message: string }
  /** It did not answer in time, and was ended. */
  | { readonly kind: "timed-out"; readonly timeLimitMs: number }
  /** It printed more than 256 MB, and was ended. */
  | { readonly kind: "too-long" }
  /** A signal of somebody else's has ended it. */
  | { readonly kind: "killed"; readonly signal: string }
  /** Nobody wanted to know any more. */
  | { readonly kind: "aborted" };

/** What a command answered. */
export interface SlurmAnswer {
  /** Null where it has none: `failure` says why. */
  readonly code: number | null;
  /** Why it has no exit code. */
  readonly failure?: NoExitCode | undefined;
  /** What it printed on standard output. */
  readonly stdout: string;
  /** Where it has no exit code and said nothing, the reason. */
  readonly stderr: string;
}
