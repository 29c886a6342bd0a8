/** The one error of a call whose job was not submitted, because such jobs fail before they begin. */
import type { JobError } from "./job-error.ts";

/**
 * Two jobs in a row failed in the same way before their heads had reported, and no more jobs that begin in the same way are
 * submitted in this run. The `cause` is the first one's error.
 */
export class NotSubmittedError extends Error {
  override readonly name = "NotSubmittedError";
  readonly code = "not-submitted";
  override readonly cause: JobError;

  /** `jobIds` are Slurm's, of the first failure and of the last. */
  constructor(first: JobError, jobIds: readonly [first: number, last: number]) {
    super(
      `${first.site.name} is not submitted any more in this run: Slurm jobs ${jobIds[0]} and ${jobIds[1]} failed in the same way, one after the other, before they had begun. The first failure was:\n${first.message}\nMend that, and run the program again: what is missing is submitted then.`,
    );
    this.cause = first;
  }
}
