/** What ends a run from outside: Ctrl-C, or a signal of the batch system. */

/** The run was ended by a signal. What was done is stored; running the program again goes on from there. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly code = "interrupted";
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals, database: string) {
    super(`Interrupted by ${signal}. Everything that was done is stored in ${database}: run the same command again to go on from there.`);
    this.signal = signal;
  }

  /** What a shell expects of a program that a signal ended. */
  get exitCode(): number {
    return 128 + { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }[this.signal as "SIGINT" | "SIGTERM" | "SIGHUP"];
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `interrupted` at the first signal, and ends the process at the second one. Disposing of it lets signals act as before. */
export function onInterrupt(interrupted: (signal: NodeJS.Signals) => void): Disposable {
  let first = true;
  const listener = (signal: NodeJS.Signals): void => {
    if (!first) process.exit(130);
    first = false;
    interrupted(signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
