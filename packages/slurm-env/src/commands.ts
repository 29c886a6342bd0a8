/** Slurm's commands, run and asked. Apart from the index: who only reads what they print starts no process. */
import "./supported-node.ts";
export { type AskOptions, askSlurm, slurmOutput } from "./ask-slurm.ts";
export type { NoExitCode, SlurmAnswer } from "./slurm-answer.ts";
export { SlurmCommandError } from "./slurm-command-error.ts";
