/** Slurm asked about the jobs of a program: seldom, in few commands, and believed with care. */
export { cancelJobs, type CancelledJobs, type CancelOptions, type LeftJob } from "./cancel-jobs.ts";
export { askJobEnd, type AskJobEndOptions } from "./job-end.ts";
export type { HowJobEnded, JobEnd, JobEndFacts } from "./job-end-kinds.ts";
export type { JobIdentity } from "./job-identity.ts";
export type { SeenJob } from "./job-sight.ts";
export { type JobMeaning, jobMeaning } from "./job-words.ts";
export { SlurmWatch, type SlurmWatchOptions, type WatchNotice } from "./slurm-watch.ts";
export { type QueuedJob, readSqueueAnswer, squeueQuestion } from "./squeue-answer.ts";
export { type WaitKind, type WaitReason, waitReason } from "./wait-reasons.ts";
export type { JobView, WatchedJob } from "./watched-job.ts";
