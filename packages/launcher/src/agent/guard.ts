/** The guard that was started beside this agent (head/agent-guard.ts), and what it found out. */
import { hasEnded, readProcess } from "@hyperion-ts/processes";

const LONGEST_MS = 200;

/** What the shell that started this agent tells: nothing where an agent was started without it. */
export interface GuardNews {
  /** The guard's process id; NaN where there is none. */
  readonly pid: number;
  /** Whether this machine's setpriv knows --pdeathsig; undefined: nobody has tried. */
  readonly setpriv: boolean | undefined;
}

/** Takes it out of the environment: it is not for workers. */
export function takeGuardNews(env: NodeJS.ProcessEnv): GuardNews {
  const { HYPERION_GUARD: guard, HYPERION_SETPRIV: setpriv } = env;
  delete env["HYPERION_GUARD"];
  delete env["HYPERION_SETPRIV"];
  return { pid: Number(guard ?? Number.NaN), setpriv: setpriv === undefined ? undefined : setpriv === "1" };
}

/** Ends the guard of an agent that ends in order. Returns when it is gone, so that it does not outlive the agent. */
export function endGuard(guard: number): void {
  // It may have ended long ago, and its number be another's.
  if (!isOurs(guard)) return;
  process.kill(guard, "SIGKILL");
  const endMs = performance.now() + LONGEST_MS;
  while (isOurs(guard) && performance.now() < endMs) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

/** Whether it is a child of this process, and lives. */
function isOurs(pid: number): boolean {
  const found = readProcess(pid);
  return found !== undefined && found.parent === process.pid && !hasEnded(found);
}
