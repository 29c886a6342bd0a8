/**
 * Slurm jobs as typed function calls. A user's module of jobs may import this, and so does every worker of it: it starts
 * nothing, and loads what submits jobs only when `runCluster` is called. The errors are apart (`./errors`), for what tells them apart.
 */
export type { Cluster, ClusterEnv, HasJobs, HasJobsOrCpus } from "./program/cluster-env.ts";
export type { JobLauncher, JobRequest, JobValue, OnFailure } from "./program/job-launcher.ts";
export {
  changeJobOptions,
  modifyJobOptions,
  setJobMemory,
  setJobOptions,
  setJobTime,
  setJobType,
  setOnFailure,
  setSlurmAccount,
  setSlurmConstraint,
  setSlurmPartition,
  setSlurmQos,
} from "./program/job-options.ts";
export type { Attach } from "./link/attach.ts";
export { remoteEvalJob, remoteEvalJobM } from "./program/remote-eval-job.ts";
export {
  type ClusterOptions,
  clusterProgram,
  type ClusterProgramDefinition,
  runCluster,
  runClusterLocal,
} from "./program/run-cluster.ts";
export { type CanLock, lock, newWorkDir, type SharesFolder } from "./across-jobs.ts";
export type { SbatchOptions } from "./sbatch/sbatch-options.ts";
