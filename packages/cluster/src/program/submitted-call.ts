/** A job that Slurm has, and of which submission it is. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";

/** A submission that sbatch has taken. */
export interface SubmittedCall {
  /** The number of the submission in its directory, from 1 on. */
  readonly number: number;
  readonly jobId: SlurmJobId;
  /** The cluster that has it, where it is not the one that Slurm's commands are on. */
  readonly cluster: string | undefined;
  /** Its name in Slurm, which no other job has. */
  readonly slurmName: string;
  /** Whether an earlier run of the program has submitted it. */
  readonly isJoined: boolean;
}
