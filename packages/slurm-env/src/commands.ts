/** Slurm's commands, run and asked. Apart from the index: who only reads what they print starts no process. */
import "./supported-node.ts";
export { type AskOptions, askSlurm, type NoExitCode, type SlurmAnswer, slurmOutput } from "./ask-slurm.ts";
export { SlurmCommandError } from "./slurm-command-error.ts";
