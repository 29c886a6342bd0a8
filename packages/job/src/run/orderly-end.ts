/**
 * How a run ends that was told to end by signals: no call begins any more, those that run have a while, then the run
 * rejects with an InterruptedError. Of several signals the one counts that leaves the shortest time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvents } from "@hyperion-ts/progress";
import type { CountsReport } from "./counts-report.ts";
import { GracePeriod } from "./grace-period.ts";
import { type Grace, InterruptedError, type Interruption } from "./interruption.ts";

/** How long a job gets to hand the results of its last calls to the database. */
const LAST_STEPS_MS = 50;

/** The run that is to end. */
export interface EndingRun {
  /** The file of the results database, for messages. */
  readonly database: string;
  /** Told of the interruption. */
  readonly events: RunEvents;
  /** Told last before the run ends. */
  readonly counts: CountsReport;
  /** What goes on without the run, in a sentence; undefined where all ends with it. */
  goesOn(): string | undefined;
  /** Lets no call begin any more; resolves when none runs. */
  drain(): Promise<void> | undefined;
  /** Aborts all that still goes on. */
  endEarly(reason: InterruptedError): void;
}

/** The end of one run by signals. */
export class OrderlyEnd implements Disposable {
  readonly #run: EndingRun;
  #period: GracePeriod | undefined;
  #interruption: Interruption | undefined;

  constructor(run: EndingRun) {
    this.#run = run;
  }

  /** A signal has come (or what `by` says has come in its place), and leaves this time; where the batch system has to be asked for it, a promise. */
  async signalled(signal: NodeJS.Signals, grace: Grace | Promise<Grace>, by: string): Promise<void> {
    const period = this.#period ?? new GracePeriod();
    if (this.#period === undefined) void this.#endAfter(period, grace instanceof Promise);
    this.#period = period;
    const { ms, timeIsUp } = await grace;
    if (!period.endAfter(ms)) return;
    this.#interruption = { signal, timeIsUp, by };
    this.#run.counts.emit();
    this.#run.events.emit({ type: "run-interrupted", signal: by, graceMs: ms });
  }

  /** The error of a run that `interruption` has ended. */
  errorOf(interruption: Interruption): InterruptedError {
    const { database, counts } = this.#run;
    return new InterruptedError(interruption, database, counts.left(), this.#run.goesOn());
  }

  /** No call begins any more, also while it is not yet known how long those that run may go on. */
  async #endAfter(period: GracePeriod, drain: boolean): Promise<void> {
    const drained = drain ? this.#run.drain()?.then(lastSteps) : undefined;
    await Promise.race([Promise.all([drained, period.known]), period.over]);
    this.#run.counts.emit();
    if (this.#interruption !== undefined) this.#run.endEarly(this.errorOf(this.#interruption));
  }

  [Symbol.dispose](): void {
    this.#period?.[Symbol.dispose]();
  }
}

/** The job takes in the results of its last calls, and hands them to the database. */
const lastSteps = (): Promise<void> => sleep(LAST_STEPS_MS);
