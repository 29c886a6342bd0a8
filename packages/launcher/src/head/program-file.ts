/** The programs of agent and worker: sources in the repository, compiled files in an installed package. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const extension = extname(import.meta.url);

/** The file of the agent's program. */
export const agentProgram: string = fileURLToPath(new URL(`../agent/agent-main${extension}`, import.meta.url));

/** The file of the worker's program. */
export const workerProgram: string = fileURLToPath(new URL(`../worker/worker-main${extension}`, import.meta.url));

/**
 * Options of the runtime for both. SIGUSR1 would make it listen for a debugger, who may run anything as this user, and
 * Slurm may send that signal to every process of a job, also to one that only just starts.
 */
export const RUNTIME_OPTIONS = ["--disable-sigusr1"] as const;
