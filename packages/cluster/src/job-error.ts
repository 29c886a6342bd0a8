/** The one error of a job that failed. */
import type { JobEnd } from "./slurm/job-end-kinds.ts";

/** Why a job failed. */
export type JobFailure =
  /** Its own code threw, or its schema refused its value. The `cause` is what was thrown. */
  | { readonly kind: "threw" }
  /** A person has ended it, from outside of its program (`hyperion cancel`). */
  | { readonly kind: "cancelled" }
  /** Slurm's signal before the end of its time has ended it in order. The `cause` is its InterruptedError, as data. */
  | { readonly kind: "time-is-up"; readonly signal: string; readonly end: JobEnd }
  /** It ended otherwise, as by scancel: what Slurm says of that. */
  | { readonly kind: "ended"; readonly end: JobEnd }
  /** It had failed in an earlier run of the program, for this reason (`"out-of-memory"`), was held, and a person has given it up. */
  | { readonly kind: "given-up"; readonly reason: string };

/** Which job it was. */
export interface JobSite {
  /** The name that `defineJob` was given; of a remote function that is a job of its own, that of `defineRemote`. */
  readonly name: string;
  /** Slurm's; 0 where it had none yet. */
  readonly jobId: number;
  /** How often it was submitted. */
  readonly submissions: number;
  /** Its folder: what it printed is in `output` there. */
  readonly directory: string;
}

/** A Slurm job failed. `failure` says how, `cause` is what the job threw, if it did. What it had computed is kept: the next submission goes on from there. */
export class JobError extends Error {
  override readonly name = "JobError";
  readonly code = "job-failed";
  /** How the job failed. */
  readonly failure: JobFailure;
  /** Which job it was, and where its files are. */
  readonly site: JobSite;

  /** `detail` says in words what happened. */
  constructor(failure: JobFailure, site: JobSite, detail: string, options?: ErrorOptions) {
    super(`${site.name} failed ${placeOf(site)}\n  ${detail}`, options);
    this.failure = failure;
    this.site = site;
  }
}

const placeOf = ({ jobId, submissions }: JobSite): string => {
  if (jobId === 0) return "before it had a Slurm job";
  return `in Slurm job ${jobId}${submissions > 1 ? `, its submission ${submissions}` : ""}`;
};
