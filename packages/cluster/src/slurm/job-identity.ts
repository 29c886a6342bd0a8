/** Which job of Slurm's is meant. Its id alone may be another job's by now: ids wrap, and start anew with a new controller. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";

/** A job: both must fit. */
export interface JobIdentity {
  readonly jobId: SlurmJobId;
  /** Its whole name, as it was submitted; no two submissions of a program have the same. */
  readonly name: string;
}

/** A text that is the same for the same job only. */
export const identityKey = ({ jobId, name }: JobIdentity): string => `${jobId} ${name}`;
