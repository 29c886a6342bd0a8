/**
 * One run of a program, whatever it works on: its folders, database, events and signals, and their end, in order. A
 * program on a login node needs this alone; one that has nodes works in a workplace.
 */
import { stat } from "node:fs/promises";
import type { Answer, HoldDesk, MapReport, OpenCalls, Question, StopAnswer } from "@hyperion-ts/control/serve";
import type { BatchJob, ResultsDatabase, StoreWait } from "@hyperion-ts/results";
import { logEvents, RunEvents, showProgress } from "@hyperion-ts/progress";
import type { ProgramInfo } from "../program-info.ts";
import { CountsReport } from "./counts-report.ts";
import { failureText } from "./failure-text.ts";
import { type Grace, InterruptedError, localSignals, NO_GRACE, onInterrupt, type SignalGrace } from "./interruption.ts";
import { makeLogDirectory } from "./log-directory.ts";
import { OrderlyEnd } from "./orderly-end.ts";
import { failureWasSaid } from "./program-end.ts";
import { ProgramControl } from "./program-control.ts";
import { openProgramResults } from "./program-results.ts";
import type { RunOptions } from "./run-options.ts";
import type { ProgramEnv, Work } from "./work.ts";

/** How long calls get to end by themselves after an interruption, in milliseconds; then their workers are killed. */
const INTERRUPT_GRACE_MS = 300;

/** What a run is told beside what a person chooses. */
export interface ProgramRunOptions extends RunOptions {
  /** The signals that end it. Default: those of this machine. */
  readonly signals?: SignalGrace;
  /** The batch job that it is part of. Default: none. */
  readonly batchJob?: BatchJob;
}

/**
 * Runs `body` with the work that `open` makes, or gives up when the run is ended. When it settles, everything that it
 * started has ended.
 *
 * @throws what `open` and `body` throw; the reason of `options.signal`; InterruptedError; ResultsError; LogDirectoryError.
 */
export async function runProgram<A, W extends Work>(
  info: ProgramInfo,
  options: ProgramRunOptions,
  open: (env: ProgramEnv) => Promise<W>,
  body: (env: ProgramEnv, work: W) => Promise<A>,
): Promise<A> {
  const late = new AbortController();
  const value = await runToItsEnd(info, options, late, async (run, results) => {
    const env = run.env(results);
    const opening = open(env);
    run.defer(async () => (await opening.catch(() => undefined))?.[Symbol.asyncDispose]());
    const work = await run.unlessEnded(opening);
    run.begin(work);
    return run.unlessEnded(body(env, work));
  });
  // Whoever wants the program to end does not want what it would do next.
  late.signal.throwIfAborted();
  return value;
}

/** `late` is aborted by a signal that ends runs at once and comes when the work has ended, and what it ran on has not. */
async function runToItsEnd<A>(
  info: ProgramInfo,
  options: ProgramRunOptions,
  late: AbortController,
  body: (run: ProgramRun, results: ResultsDatabase) => Promise<A>,
): Promise<A> {
  beginThreads();
  await using stack = new AsyncDisposableStack();
  using run = new ProgramRun(info, options, stack, late);
  const settings = { ...options.results, ...(options.batchJob === undefined ? {} : { batchJob: options.batchJob }) };
  const results = await openProgramResults(info, settings, run, stack);
  run.started(results);
  try {
    const value = await body(run, results);
    // Also where the job has caught that its results are lost, or that came after the last of them.
    results.flush();
    run.end("done", null);
    return value;
  } catch (error) {
    run.end(error instanceof InterruptedError ? "interrupted" : "failed", failureText(error));
    if (options.progress !== "none") failureWasSaid(error);
    throw error;
  }
}

/**
 * The runtime begins its threads for files at the first use, and aborts where the user may have no more of them: so it does
 * now, before the run's own processes take the room that is left.
 */
function beginThreads(): void {
  void stat("/").catch(() => undefined);
}

class ProgramRun implements Disposable {
  readonly info: ProgramInfo;
  readonly events: RunEvents;
  readonly counts: CountsReport;
  readonly #stack: AsyncDisposableStack;
  readonly #controller = new AbortController();
  readonly #late: AbortController;
  readonly #startMs = performance.now();
  /** Rejects a while after the run was ended from outside, whatever the job does then. */
  readonly #ended = Promise.withResolvers<never>();
  readonly #orderlyEnd: OrderlyEnd;
  #work: Work | undefined;
  #results: ResultsDatabase | undefined;

  constructor(info: ProgramInfo, options: ProgramRunOptions, stack: AsyncDisposableStack, late: AbortController) {
    this.info = info;
    this.#late = late;
    this.#stack = stack;
    this.events = new RunEvents(options.trace);
    makeLogDirectory(info.logDir);
    stack.use(logEvents(this.events, info.logDir));
    if (options.control !== false) stack.use(new ProgramControl(this));
    if (options.onEvent !== undefined) stack.use(this.events.subscribe(options.onEvent));
    if (options.progress !== "none") stack.use(showProgress(this.events, options.progress ?? "auto"));
    this.counts = new CountsReport(this.events);
    this.#orderlyEnd = new OrderlyEnd(this);
    // Without an interruption nobody is left to hear of it.
    this.#ended.promise.catch(() => undefined);
    this.#hear(options);
  }

  get database(): string {
    return this.info.database;
  }

  readonly maps = (): readonly MapReport[] => this.#results?.maps() ?? [];
  readonly waits = (): Iterable<StoreWait> => this.#results?.waits() ?? [];
  readonly openCalls = (): OpenCalls | undefined => this.#work?.openCalls;
  readonly askJob = (id: string, question: Question): Promise<Answer> | undefined => this.#work?.askJob?.(id, question);
  readonly holds = (): HoldDesk | undefined => this.#work?.holds?.();

  /** Another process wants it to end. */
  readonly stop = (jobs: boolean): StopAnswer => {
    const end = jobs ? this.#work?.endOfAll?.("hyperion stop --jobs") : undefined;
    if (end === undefined) {
      this.#signalled("SIGTERM", NO_GRACE, "hyperion stop");
      return { goesOn: this.goesOn() ?? null, ...(jobs ? { cancels: [] } : {}) };
    }
    // It ends already, and leaves them.
    if (this.#controller.signal.aborted) return { goesOn: this.goesOn() ?? null, cancels: [] };
    this.events.emit({ type: "log", message: "The Slurm jobs are being cancelled (hyperion stop --jobs)" });
    this.endEarly(end.reason);
    return { goesOn: null, cancels: end.jobs };
  };

  env(results: ResultsDatabase): ProgramEnv {
    return {
      programInfo: this.info,
      results,
      signal: this.#controller.signal,
      events: this.events,
      log: (message) => this.events.emit({ type: "log", message }),
    };
  }

  /** Something to be ended with the run, before what was there earlier. */
  defer(end: () => Promise<void>): void {
    this.#stack.defer(end);
  }

  started(results: ResultsDatabase): void {
    this.#results = results;
    const { id, database, logDir } = this.info;
    this.events.emit({ type: "run-started", programId: id, database, logDir });
    if (results.notice !== undefined) this.events.emit({ type: "log", message: results.notice });
  }

  begin(work: Work): void {
    this.#work = work;
    work.failed?.catch((error: unknown) => this.endEarly(error));
    this.counts.begin(work);
  }

  /** A result was found in the database. */
  hit(): void {
    this.counts.remembered();
  }

  /** So many results were removed from the database. */
  forgotten(results: number): void {
    this.counts.removed(results);
  }

  /** The database is lost. */
  lost(error: Error): void {
    this.endEarly(error);
  }

  goesOn(): string | undefined {
    return this.#work?.goesOn?.();
  }

  drain(): Promise<void> | undefined {
    return this.#work?.drain();
  }

  /** `promise`, or the reason why the run was ended. */
  unlessEnded<A>(promise: Promise<A>): Promise<A> {
    return Promise.race([promise, this.#ended.promise]);
  }

  /** Aborts all that goes on; a while later the run rejects with `reason`, whatever the job does. */
  endEarly(reason: unknown): void {
    this.#controller.abort(reason);
    setTimeout(() => void this.#endWork().finally(() => this.#ended.reject(reason)), INTERRUPT_GRACE_MS);
  }

  /** The last event of the run: what ends after it ends because of it. */
  end(outcome: "done" | "failed" | "interrupted", message: string | null): void {
    this.counts.emit();
    this.events.emit({ type: "run-ended", outcome, seconds: (performance.now() - this.#startMs) / 1_000, message });
    this.events.close();
  }

  /** Before all else ends: nobody counts any more, and no grace period runs out. */
  [Symbol.dispose](): void {
    this.counts[Symbol.dispose]();
    this.#orderlyEnd[Symbol.dispose]();
  }

  #hear({ signal, signals = localSignals, handleSignals = true }: ProgramRunOptions): void {
    if (signal !== undefined) this.#stack.use(onAbort(signal, (reason) => this.endEarly(reason)));
    if (handleSignals) this.#stack.use(onInterrupt(signals, (name, grace) => this.#signalled(name, grace)));
  }

  #signalled(signal: NodeJS.Signals, grace: Grace | Promise<Grace>, by: string = signal): void {
    if (!this.#stack.disposed) void this.#orderlyEnd.signalled(signal, grace, by);
    else if (!(grace instanceof Promise))
      this.#late.abort(this.#orderlyEnd.errorOf({ signal, timeIsUp: grace.timeIsUp, by }));
  }

  async #endWork(): Promise<void> {
    await this.#work?.[Symbol.asyncDispose]();
  }
}

function onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): Disposable {
  const listener = (): void => aborted(signal.reason);
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", listener) };
}
