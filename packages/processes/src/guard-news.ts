/** What a guarded program (guarded-command.ts) does of its guard: it hears of it, and ends it. */
import { hasEnded, readProcess } from "./process-id.ts";

/** How long the end of a guard may take, in milliseconds: no time, but where the machine is very busy. */
const GUARD_END_MS = 5_000;

/** What the shell that started this process tells it: nothing where it was started without a guard. */
export interface GuardNews {
  /** The guard's process id; NaN where there is none. */
  readonly pid: number;
  /** Whether this machine's setpriv knows --pdeathsig; undefined: nobody has tried. */
  readonly setpriv: boolean | undefined;
}

/** Takes the news out of the environment `env`: they are not for what this process starts. */
export function takeGuardNews(env: NodeJS.ProcessEnv): GuardNews {
  const { HYPERION_GUARD: guard, HYPERION_SETPRIV: setpriv } = env;
  delete env["HYPERION_GUARD"];
  delete env["HYPERION_SETPRIV"];
  return { pid: Number(guard ?? Number.NaN), setpriv: setpriv === undefined ? undefined : setpriv === "1" };
}

/** Ends the guard of this process, which is about to end in order. Returns when the guard is gone, so that it does not outlive the process, or after 5 s. */
export function endGuard(guard: number): void {
  // The guard may have ended long ago, and its number be another process's.
  if (!isOurs(guard)) return;
  process.kill(guard, "SIGKILL");
  const endMs = performance.now() + GUARD_END_MS;
  while (isOurs(guard) && performance.now() < endMs) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

/** Whether the process is a child of this one, and runs. */
function isOurs(pid: number): boolean {
  const found = readProcess(pid);
  return found !== undefined && found.parent === process.pid && !hasEnded(found);
}
