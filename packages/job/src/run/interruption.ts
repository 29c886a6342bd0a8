/** What ends a run from outside: Ctrl-C, or a signal of the batch system. */

/**
 * The signals that end a run, and how long running calls may go on after each, in milliseconds: 0 said at once, or what has
 * to be found out. Nobody waits for it any more when the abort signal aborts.
 */
export type SignalGrace = Readonly<Partial<Record<NodeJS.Signals, (signal: AbortSignal) => 0 | Promise<number>>>>;

/** What ends a run on this machine: running calls are asked to end at once. */
export const localSignals: SignalGrace = { SIGINT: () => 0, SIGTERM: () => 0, SIGHUP: () => 0 };

/** What was open when a run was interrupted. */
export interface LeftCalls {
  readonly done: number;
  /** Begun, and not done. */
  readonly running: number;
  /** Wanted, and not begun. */
  readonly waiting: number;
}

/** The run was ended by a signal. What was done is stored; running the program again goes on from there. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly code = "interrupted";
  readonly signal: NodeJS.Signals;
  /** How many calls of this run were done, and how many were left. */
  readonly calls: LeftCalls;

  constructor(signal: NodeJS.Signals, database: string, calls: LeftCalls) {
    const { done, running, waiting } = calls;
    super(
      `Interrupted by ${signal}: ${done} calls were done, ${running} were ended while they ran, ${waiting} had not begun. ` +
        `Everything that was stored is in ${database}: run the same command again to go on from there.`,
    );
    this.signal = signal;
    this.calls = calls;
  }

  /** What a shell expects of a program that a signal ended. */
  get exitCode(): number {
    return 128 + (signalNumbers[this.signal] ?? 0);
  }
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15 };

/**
 * Calls `interrupted` at each signal, with the grace that it gives, and ends the process at a second one of those that
 * give none: a person who wants it to end, now. Disposing of it lets signals act as before.
 */
export function onInterrupt(signals: SignalGrace, interrupted: (signal: NodeJS.Signals, grace: 0 | Promise<number>) => void): Disposable {
  const disposed = new AbortController();
  let isEnding = false;
  const listener = (signal: NodeJS.Signals): void => {
    const grace = signals[signal]?.(disposed.signal) ?? 0;
    if (grace === 0 && isEnding) process.exit(130);
    isEnding ||= grace === 0;
    interrupted(signal, grace);
  };
  const names = Object.keys(signals) as NodeJS.Signals[];
  for (const signal of names) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of names) process.off(signal, listener);
      disposed.abort();
    },
  };
}
