/** Starting the process that is, or will be, a worker. */
import { closeSync, fstatSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type FramedProcess, showArgv, startFramedProcess } from "../local-process.ts";
import { ClaimFile } from "./claims.ts";
import type { ProcessTools } from "./host.ts";

export interface WorkerProcess {
  readonly running: FramedProcess;
  readonly claims: ClaimFile;
  /** Its log file, and where in it its own output begins. */
  readonly log: { readonly fd: number; readonly start: number };
}

/**
 * Starts the worker's program. It dies with its agent, even in a synchronous loop, and is born on the CPUs `pinTo`.
 * What it prints goes to `logFile`, whose directories are made.
 */
export async function startWorkerProcess(command: readonly string[], pinTo: readonly number[] | null, logFile: string, tools: ProcessTools, log: (line: string) => void): Promise<WorkerProcess> {
  mkdirSync(dirname(logFile), { recursive: true });
  const fd = openSync(logFile, "a+", 0o600);
  const claims = new ClaimFile();
  try {
    const { size: start } = fstatSync(fd);
    const argv = [...prefix(pinTo, tools), ...command];
    log(`Running command ${showArgv(argv)}`);
    const running = await startFramedProcess({ argv, env: variables(tools) }, fd, claims.fd);
    return { running, claims, log: { fd, start } };
  } catch (error) {
    claims[Symbol.dispose]();
    closeSync(fd);
    throw error;
  }
}

/** The commands that become the worker. */
function prefix(pinTo: readonly number[] | null, tools: ProcessTools): string[] {
  const dies = tools.setpriv ? ["setpriv", "--pdeathsig", "KILL", "--"] : [];
  const pinned = tools.taskset && pinTo !== null ? ["taskset", "-c", pinTo.join(",")] : [];
  return [...dies, ...pinned];
}

/** What a worker learns from its agent (worker/orphan.ts reads it). */
const variables = ({ setpriv }: ProcessTools): Record<string, string> => ({
  HYPERION_AGENT_PID: String(process.pid),
  HYPERION_DIES_WITH_AGENT: setpriv ? "1" : "0",
});
