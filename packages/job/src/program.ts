/**
 * For packages that run programs of another kind, as `cluster` does on a login node: one run of a program without a
 * workplace. Apart from the index, which every worker loads.
 */
import "@hyperion-ts/bounds";
export type { CallList, CallReport, WaitReport } from "@hyperion-ts/control";
export type { OpenCalls } from "@hyperion-ts/control/serve";
export { type ProgramRunner, runCommandLine } from "./command/run-command-line.ts";
export { failureText } from "./run/failure-text.ts";
export { RUN_RULES } from "./run/check-run-options.ts";
export { programCode } from "./run/program-code.ts";
export { endingProgram } from "./run/program-end.ts";
export { runProgram } from "./run/program-run.ts";
export type { RunOptions } from "./run/run-options.ts";
export { slurmAllocation } from "./run/slurm-allocation.ts";
export { slurmAddresses } from "./run/slurm-addresses.ts";
export { slurmBatchJob, slurmBatchJobHasEnded } from "./run/slurm-batch-job.ts";
export type { ProgramEnv, Work } from "./run/work.ts";
