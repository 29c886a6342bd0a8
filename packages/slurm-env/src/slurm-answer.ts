/** What became of a Slurm command that was asked something. */

/** Why a command has no exit code. */
export type NoExitCode =
  /** It is not there, or can't be run. */
  | { readonly kind: "not-run"; readonly message: string }
  | { readonly kind: "timed-out"; readonly timeLimitMs: number }
  /** It printed more than 256 MB, and was ended. */
  | { readonly kind: "too-long" }
  | { readonly kind: "killed"; readonly signal: string }
  /** Nobody wanted to know any more. */
  | { readonly kind: "aborted" };

/** What a command answered. */
export interface SlurmAnswer {
  /** Null where it has none: `failure` says why. */
  readonly code: number | null;
  readonly failure?: NoExitCode | undefined;
  readonly stdout: string;
  /** Where it has no exit code and said nothing, the reason. */
  readonly stderr: string;
}
