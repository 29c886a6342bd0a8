/** Where the programs of agent and worker are: sources in the repository, compiled files in an installed package. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const extension = extname(import.meta.url);

/** The file of the agent's program. */
export const agentProgram: string = fileURLToPath(new URL(`./agent/agent-main${extension}`, import.meta.url));

/** The file of the worker's program. */
export const workerProgram: string = fileURLToPath(new URL(`./worker/worker-main${extension}`, import.meta.url));
