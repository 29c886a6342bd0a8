/**
 * Typed remote functions on all CPUs there are. This module is loaded by every worker together with the user's
 * functions: it starts nothing, and loads what runs a program only when a `run...` function is called.
 */
// First, because it checks which Node this is.
export {
  type CallContext,
  defineRemote,
  DuplicateNameError,
  ExecError,
  InvalidValueError,
  NoModuleError,
  ProgramInWorkerError,
  type RemoteFunction,
  type RemoteInput,
  type RemoteOutput,
} from "@hyperion-ts/remote";
export {
  forget,
  type HasResults,
  insert,
  keyValMap,
  type KeyValMap,
  lookup,
  lookupAll,
  lookupDefault,
  memoizeWithMap,
  openResults,
  type ResultsDatabase,
  ResultsError,
  type ResultsErrorCode,
  type ResultsSnapshot,
  type SnapshotOptions,
} from "@hyperion-ts/results";
// Not from their indexes: workers load this module, and neither a pool nor ssh nor a display.
export { NeverFitsError } from "@hyperion-ts/cpu-pool/errors";
export { LaunchError } from "@hyperion-ts/launcher/errors";
export { SlurmEnvError } from "@hyperion-ts/slurm-env/errors";
export { RunEvents } from "@hyperion-ts/progress/events";
export type { CallWaitReason, FunctionCounts, RunEvent, RunEventListener, StampedEvent } from "@hyperion-ts/progress";
export { CallError, type CallReason, type CallSite } from "./call-error.ts";
export type { HasEndTime, HasEvents, HasLauncher, HasProgramInfo, HasSignal, HasWorkers } from "./capabilities.ts";
export {
  concurrently,
  forConcurrently,
  mapConcurrently,
  mapConcurrentlySettled,
  replicateConcurrently,
} from "./concurrent/map-concurrently.ts";
export { race, RaceLostError } from "./concurrent/race.ts";
export {
  forConcurrently_,
  streamConcurrently,
  StreamClosedError,
  type StreamOptions,
} from "./concurrent/stream-concurrently.ts";
export { type AnyJobFunction, defineJob, type JobDefinition, type JobFunction } from "./define-job.ts";
export { type NoOptions, program, type ProgramDefinition, type ProgramMeta } from "./define-program.ts";
export { TaskError, type TaskFailure } from "./dispatch/task-error.ts";
export type { TaskCall, TaskLauncher, TaskOptions, TaskRequest, TaskWorker } from "./dispatch/task-launcher.ts";
export { bind, type Job, local, pure } from "./job.ts";
export type { JobEnv } from "./job-env.ts";
export { mapRemote } from "./map-remote.ts";
export { type ProgramId, type ProgramInfo, programInfo } from "./program-info.ts";
export { remainingMs } from "./remaining-time.ts";
export { remoteEval, remoteEvalM } from "./remote-eval.ts";
export { remoteEvalOnNode } from "./remote-eval-on-node.ts";
export { runJob } from "./run-job.ts";
export { runJobLocal, type RunLocalOptions } from "./run-job-local.ts";
export { runJobSlurm, type RunSlurmOptions } from "./run-job-slurm.ts";
export type { SlurmTimeOptions } from "./run/slurm-times.ts";
export { InterruptedError, type LeftCalls } from "./run/interruption.ts";
export { LogDirectoryError } from "./log-directory-error.ts";
export {
  setFreshWorkers,
  setTask,
  setTaskAttempts,
  setTaskCpus,
  setTaskGpus,
  setTaskMemory,
  setTaskNode,
  setTaskPriority,
  setTaskTimeLimit,
  type TaskSettings,
} from "./task-settings.ts";
export { type LauncherOfCpus, openPoolLauncher, withPoolLauncher } from "./with-pool-launcher.ts";
export type { NodePool, PoolLauncherConfig } from "./run/node-pool.ts";
