/** The errors of this package: for those who tell them apart. Workers load the index, and need none of them. */
export { JobError, type JobFailure, type JobSite } from "./job-error.ts";
export { DryRunError } from "./dry-run-error.ts";
export { LockError, type LockErrorCode } from "./lock/lock-error.ts";
export { NotSubmittedError } from "./not-submitted-error.ts";
export { CancelledByPersonError } from "./program/leave-or-cancel.ts";
export { SubmissionError } from "./sbatch/submission-error.ts";
export { SnapshotError, type SnapshotErrorCode } from "./snapshot/snapshot-error.ts";
