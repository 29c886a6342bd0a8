/** The programs of agent and worker. */
import { ownProgram } from "@hyperion-ts/processes";

/** The file of the agent's program. */
export const agentProgram: string = ownProgram(import.meta, "../agent/agent-main");

/** The file of the worker's program. */
export const workerProgram: string = ownProgram(import.meta, "../worker/worker-main");

/**
 * Options of the runtime for both. SIGUSR1 would make it listen for a debugger, who may run anything as this user, and
 * Slurm may send that signal to every process of a job, also to one that only just starts.
 */
export const RUNTIME_OPTIONS = ["--disable-sigusr1"] as const;
