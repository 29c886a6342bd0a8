/**
 * The batch system's signals. Slurm sends them to every process of a job, its head among them, which decides what
 * they mean: running calls get their grace. So a worker in a call goes on, until its agent kills it. SIGUSR1 is
 * never heard (head/program-file.ts).
 */
const LEFT_TO_THE_HEAD = ["SIGINT", "SIGHUP", "SIGUSR2"] as const;

/** Hears signals; SIGTERM ends this process, after `ends`, while `mayEnd` says that nothing is lost by it. */
export function hearSignals(mayEnd: () => boolean, ends: () => void): void {
  for (const signal of LEFT_TO_THE_HEAD) process.on(signal, () => undefined);
  const terminated = (): void => {
    if (!mayEnd()) return;
    ends();
    process.off("SIGTERM", terminated);
    process.kill(process.pid, "SIGTERM");
  };
  process.on("SIGTERM", terminated);
}
