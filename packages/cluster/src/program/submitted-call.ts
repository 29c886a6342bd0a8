/** A job that Slurm has, and of which submission it is. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";

/** A submission that sbatch has taken. */
export interface SubmittedCall {
  /** The number of the submission in its directory, from 1 on. */
  readonly number: number;
  readonly jobId: SlurmJobId;
  /** Its name in Slurm, which no other job has. */
  readonly slurmName: string;
  /** Whether an earlier run of the program has submitted it. */
  readonly isJoined: boolean;
}
