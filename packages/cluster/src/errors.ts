/** The errors of this package, without what submits jobs: for those who tell them apart. Workers load the index, and none of these but `JobError`. */
export { JobError, type JobFailure, type JobSite } from "./job-error.ts";
export { CancelledByPersonError } from "./program/leave-or-cancel.ts";
export { SubmissionError } from "./sbatch/submission-error.ts";
export { SnapshotError, type SnapshotErrorCode } from "./snapshot/snapshot-error.ts";
