/** What ends a run from outside: Ctrl-C, or a signal of the batch system. */

/** What a signal asks for. */
export interface Grace {
  /** How long running calls may go on, in milliseconds. */
  readonly ms: number;
  /** Whether the batch system ends the job because its time is over, and not because a person no longer wants it. */
  readonly timeIsUp: boolean;
}

/** A person ends it, now. */
export const NO_GRACE: Grace = { ms: 0, timeIsUp: false };

/**
 * The signals that end a run, and what each asks for: no grace, said at once, or what has to be found out. Nobody waits for
 * it any more when the abort signal aborts.
 */
export type SignalGrace = Readonly<Partial<Record<NodeJS.Signals, (signal: AbortSignal) => "none" | Promise<Grace>>>>;

/** What ends a run on this machine: running calls are asked to end at once. */
export const localSignals: SignalGrace = { SIGINT: () => "none", SIGTERM: () => "none", SIGHUP: () => "none" };

/** What was open when a run was interrupted. */
export interface LeftCalls {
  /** Answered. */
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
  /** What ended it. */
  readonly signal: NodeJS.Signals;
  /** Whether the batch system ended the run because its time was over: run again, it goes on. False where a person has ended it. */
  readonly timeIsUp: boolean;
  /** How many calls of this run were done, and how many were left. */
  readonly calls: LeftCalls;

  /** `goesOn`, in a sentence, takes the place of the calls that were ended: calls that go on without the program. */
  constructor({ signal, timeIsUp, by = signal }: Interruption, database: string, calls: LeftCalls, goesOn?: string) {
    const { done, running, waiting } = calls;
    const left = goesOn ?? `${done} calls were done, ${running} were ended while they ran, ${waiting} had not begun.`;
    super(
      `Interrupted by ${by}: ${left} Everything that was stored is in ${database}: run the same command again to go on from there.`,
    );
    this.signal = signal;
    this.timeIsUp = timeIsUp;
    this.calls = calls;
  }

  /**
   * The exit code of a program that ends with it: 75 when time was up (EX_TEMPFAIL of sysexits.h: try again), else what a
   * shell expects of a program that a signal ended: 130 (SIGINT), 143 (SIGTERM), 129 (SIGHUP).
   */
  get exitCode(): number {
    return this.timeIsUp ? TRY_AGAIN : signalCode(this.signal);
  }
}

/** What ended a run. */
export interface Interruption {
  /** The signal that came. */
  readonly signal: NodeJS.Signals;
  /** Whether the batch system ends the job because its time is over. */
  readonly timeIsUp: boolean;
  /** What a person did, where that was no signal: `"hyperion stop"`. */
  readonly by?: string;
}

const TRY_AGAIN = 75;
const signalCode = (signal: NodeJS.Signals): number => 128 + (SIGNAL_NUMBERS[signal] ?? 0);

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGTERM: 15,
};

/**
 * Calls `interrupted` at each signal, with the grace that it gives, and ends the process at a second one of those that
 * give none: a person who wants it to end, now. Disposing of it lets signals act as before.
 */
export function onInterrupt(
  signals: SignalGrace,
  interrupted: (signal: NodeJS.Signals, grace: Grace | Promise<Grace>) => void,
): Disposable {
  const disposed = new AbortController();
  let isEnding = false;
  const listener = (signal: NodeJS.Signals): void => {
    const grace = signals[signal]?.(disposed.signal) ?? "none";
    if (grace === "none" && isEnding) process.exit(signalCode(signal));
    isEnding ||= grace === "none";
    interrupted(signal, grace === "none" ? NO_GRACE : grace);
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
