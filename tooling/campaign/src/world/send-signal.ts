/** Signals to processes that may have ended meanwhile. */

/** A negative number is a process group. Who has ended does not hear it. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  // 0 and -1 are not processes, and would reach ours; NaN is one that never was.
  if (!Number.isInteger(pid) || Math.abs(pid) <= 1) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
