/** What a call of a job asks of whoever runs it. */
import type { AnyJobFunction, TaskLauncher } from "@hyperion-ts/job";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";

/**
 * What becomes of a call whose job fails. `hold`: its caller waits until a person has decided, by `hyperion retry` or `hyperion cancel`;
 * `reject`: its caller gets the error.
 */
export type OnFailure = "hold" | "reject";

/** A job that is to be run. */
export interface JobRequest {
  /** The job's function. */
  readonly fn: AnyJobFunction;
  /** The input, as the caller gave it and checked; or what gives it once the job has begun. */
  readonly input: { readonly value: unknown } | { readonly compute: () => Promise<unknown> };
  /** What the job asks Slurm for. */
  readonly sbatchOptions: SbatchOptions;
  /** What becomes of its failure. Default: `"hold"`. */
  readonly onFailure?: OnFailure | undefined;
  /** Aborts when nobody wants the job's value any more: it is cancelled then. */
  readonly signal: AbortSignal;
}

/** What a job gave. */
export interface JobValue {
  /** What the function of the job returned, which its output schema takes. */
  readonly value: unknown;
  /** The hash of the code that the job ran, where that is not the code of today; undefined: today's. */
  readonly codeHash?: string | undefined;
}

/** Runs whole jobs. */
export interface JobLauncher {
  /** Resolves with what the job gave; rejects with a `JobError`, a `SubmissionError`, or the signal's reason. */
  run(request: JobRequest): Promise<JobValue>;
  /** Where single remote functions go, as Slurm jobs of their own that ask for this. */
  tasks(options: SbatchOptions, onFailure?: OnFailure): TaskLauncher;
}
