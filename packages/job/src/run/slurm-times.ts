/** How long everything may take in an allocation: a launcher's times, and one of a job's end. */
import { duration } from "@hyperion-ts/bounds";
import { type TimeOptions, timesRule } from "@hyperion-ts/launcher";

/** How long everything may take in an allocation, in milliseconds. */
export interface SlurmTimeOptions extends TimeOptions {
  /** How long running calls may go on when Slurm ends the job: 0 or more, not Infinity, and less than its KillWait. Default 20,000. */
  readonly endGraceMs?: number;
}

/** Slurm sends SIGKILL so long after SIGTERM (KillWait of slurm.conf, by default 30 s); ending takes a while too. */
export const END_GRACE_MS = 20_000;

/** What these times may be, as a rule of @hyperion-ts/bounds. */
export const slurmTimesRule = timesRule<Pick<SlurmTimeOptions, "endGraceMs">>({
  endGraceMs: duration({ zero: true, unlimited: false }),
});
