/** One run of a job: its database, its nodes, its events, and their end, in order. */
import { setTimeout as sleep } from "node:timers/promises";
import type { BatchJob, ResultsDatabase, ResultsOptions } from "@hyperion-ts/results";
import type { TaskLauncher } from "../dispatch/task-launcher.ts";
import type { CallWaitReason } from "../dispatch/call-wait.ts";
import type { FunctionCounts } from "../events/run-event.ts";
import { logEvents } from "../events/event-log.ts";
import { RunEvents, type RunEventListener } from "../events/run-events.ts";
import type { Job } from "../job.ts";
import type { JobEnv } from "../job-env.ts";
import type { ProgramInfo } from "../program-info.ts";
import { showProgress } from "../progress/show-progress.ts";
import { GracePeriod } from "./grace-period.ts";
import { failureText } from "./failure-text.ts";
import {
  type Grace,
  InterruptedError,
  type Interruption,
  type LeftCalls,
  localSignals,
  onInterrupt,
  type SignalGrace,
} from "./interruption.ts";
import { failureWasSaid } from "./program-end.ts";
import { makeLogDirectory } from "./log-directory.ts";
import type { PoolLauncher } from "./pool-launcher.ts";
import { openProgramResults } from "./program-results.ts";

/** How long calls get to end by themselves after an interruption, in milliseconds; then their workers are killed. */
const INTERRUPT_GRACE_MS = 300;
const COUNTS_INTERVAL_MS = 1_000;
const LAST_STEPS_MS = 50;

export interface RunOptions {
  /** Ends the run early. */
  readonly signal?: AbortSignal;
  /** `"auto"`: a live block on a terminal, plain lines elsewhere. Default `"auto"`. */
  readonly progress?: "auto" | "plain" | "none";
  /** Whether SIGINT, SIGTERM and SIGHUP (in a Slurm job SIGUSR1 and SIGUSR2 too) end the run in order. Default true. */
  readonly handleSignals?: boolean;
  /** Whether the end of each single call is an event too. Default false: there may be very many. */
  readonly trace?: boolean;
  /** Hears all events of the run. */
  readonly onEvent?: RunEventListener;
  /** For tests of faults: runs each COMMIT of the results database. Default: nothing comes between. */
  readonly results?: Pick<ResultsOptions, "aroundCommit">;
}

/** What runs calls: real nodes, or this process. */
export interface Workplace extends AsyncDisposable {
  readonly taskLauncher: TaskLauncher;
  readonly env: Pick<JobEnv, "pool" | "nodeLaunchers" | "cpusPerNode" | "endTimeMs">;
  /** Rejects when it turns out that no worker can be started. Absent where that is known from the beginning. */
  readonly failed?: Promise<never>;
  /** Lets no call begin any more; resolves when none runs. */
  drain(): Promise<void>;
  /** Counts of calls, for events. */
  counts(): readonly FunctionCounts[];
  /** What the first of the waiting calls waits for. */
  whyWaiting(): CallWaitReason | null;
}

/** The nodes of `launcher` as a workplace, which has it from now on. */
export const workplaceOver = (launcher: PoolLauncher, endTimeMs: number | null): Workplace => ({
  taskLauncher: launcher.dispatcher,
  env: { pool: launcher.pool, nodeLaunchers: launcher.nodes, cpusPerNode: launcher.cpusPerNode, endTimeMs },
  drain: () => launcher.dispatcher.drain(),
  counts: () => launcher.dispatcher.counts(),
  whyWaiting: () => launcher.dispatcher.whyWaiting(),
  [Symbol.asyncDispose]: () => launcher[Symbol.asyncDispose](),
});

/** What a run is told beside what a person chooses. */
export interface SessionOptions extends RunOptions {
  /** The signals that end it. Default: those of this machine. */
  readonly signals?: SignalGrace;
  /** The batch job that it is part of. Default: none. */
  readonly batchJob?: BatchJob;
}

type OpenWorkplace = (events: RunEvents, signal: AbortSignal) => Promise<Workplace>;

/**
 * Runs `job` in a workplace that `open` makes, or gives up when its signal aborts. When it settles, everything that it
 * started has ended.
 */
export async function runSession<A>(
  info: ProgramInfo,
  job: Job<A>,
  options: SessionOptions,
  open: OpenWorkplace,
): Promise<A> {
  const late = new AbortController();
  const value = await runToItsEnd(info, job, options, open, late);
  // Whoever wants the program to end does not want what it would do next.
  late.signal.throwIfAborted();
  return value;
}

/** `late` is aborted by a signal that ends runs at once and comes when the job has ended, and what it ran on has not. */
async function runToItsEnd<A>(
  info: ProgramInfo,
  job: Job<A>,
  options: SessionOptions,
  open: OpenWorkplace,
  late: AbortController,
): Promise<A> {
  await using stack = new AsyncDisposableStack();
  const session = new Session(info, options, stack, late);
  const settings = { ...options.results, ...(options.batchJob === undefined ? {} : { batchJob: options.batchJob }) };
  const results = await openProgramResults(
    info,
    settings,
    session.events,
    { hit: () => session.hit(), lost: (error) => session.endEarly(error) },
    stack,
  );
  session.begin();
  if (results.notice !== undefined) session.events.emit({ type: "log", message: results.notice });
  try {
    const opening = open(session.events, session.signal);
    stack.defer(async () => (await opening.catch(() => undefined))?.[Symbol.asyncDispose]());
    const value = await session.run(job, results, await session.unlessEnded(opening));
    // Also where the job has caught that its results are lost, or that came after the last of them.
    results.flush();
    session.end("done", null);
    return value;
  } catch (error) {
    session.end(error instanceof InterruptedError ? "interrupted" : "failed", failureText(error));
    if (options.progress !== "none") failureWasSaid(error);
    throw error;
  }
}

class Session {
  readonly events: RunEvents;
  readonly #info: ProgramInfo;
  readonly #stack: AsyncDisposableStack;
  readonly #controller = new AbortController();
  readonly #late: AbortController;
  readonly #startMs = performance.now();
  /** Rejects a while after the run was ended from outside, whatever the job does then. */
  readonly #ended = Promise.withResolvers<never>();
  #workplace: Workplace | undefined;
  #grace: GracePeriod | undefined;
  /** What has ended it, or will: of several signals the one that leaves it the shortest time. */
  #interruption: Interruption | undefined;
  #remembered = 0;
  #lastCounts = "";

  constructor(info: ProgramInfo, options: SessionOptions, stack: AsyncDisposableStack, late: AbortController) {
    this.#info = info;
    this.#late = late;
    this.#stack = stack;
    this.events = new RunEvents(options.trace);
    makeLogDirectory(info.logDir);
    stack.use(logEvents(this.events, info.logDir));
    if (options.onEvent !== undefined) stack.use(this.events.subscribe(options.onEvent));
    if (options.progress !== "none") stack.use(showProgress(this.events, options.progress ?? "auto"));
    // Without an interruption nobody is left to hear of it.
    this.#ended.promise.catch(() => undefined);
    if (options.signal !== undefined) stack.use(onAbort(options.signal, (reason) => this.endEarly(reason)));
    if (options.handleSignals !== false)
      stack.use(onInterrupt(options.signals ?? localSignals, (signal, grace) => void this.#interrupted(signal, grace)));
  }

  /** Aborts when the run is to end early. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  hit(): void {
    this.#remembered += 1;
  }

  begin(): void {
    const { id, database, logDir } = this.#info;
    this.events.emit({ type: "run-started", programId: id, database, logDir });
  }

  /** The last event of the run: what ends after it ends because of it. */
  end(outcome: "done" | "failed" | "interrupted", message: string | null): void {
    this.#emitCounts();
    this.events.emit({ type: "run-ended", outcome, seconds: (performance.now() - this.#startMs) / 1_000, message });
    this.events.close();
  }

  async run<A>(job: Job<A>, results: ResultsDatabase, workplace: Workplace): Promise<A> {
    this.#workplace = workplace;
    workplace.failed?.catch((error: unknown) => this.endEarly(error));
    const timer = setInterval(() => this.#emitCounts(), COUNTS_INTERVAL_MS);
    this.#stack.defer(() => clearInterval(timer));
    const env: JobEnv = {
      ...workplace.env,
      programInfo: this.#info,
      results,
      taskLauncher: workplace.taskLauncher,
      taskCpus: 1,
      taskOptions: {},
      signal: this.#controller.signal,
      events: this.events,
      log: (message) => this.events.emit({ type: "log", message }),
    };
    return await this.unlessEnded(job(env));
  }

  /** `promise`, or the reason why the run was ended. */
  unlessEnded<A>(promise: Promise<A>): Promise<A> {
    return Promise.race([promise, this.#ended.promise]);
  }

  async #interrupted(signal: NodeJS.Signals, grace: Grace | Promise<Grace>): Promise<void> {
    if (this.#stack.disposed)
      return grace instanceof Promise
        ? undefined
        : this.#late.abort(this.#interruptedBy({ signal, timeIsUp: grace.timeIsUp }));
    const period = this.#grace ?? this.#stack.use(new GracePeriod());
    if (this.#grace === undefined) void this.#endAfter(period, grace instanceof Promise);
    this.#grace = period;
    const { ms, timeIsUp } = await grace;
    if (!period.endAfter(ms)) return;
    this.#interruption = { signal, timeIsUp };
    this.#emitCounts();
    this.events.emit({ type: "run-interrupted", signal, graceMs: ms });
  }

  /** No call begins any more, also while it is not yet known how long those that run may go on. */
  async #endAfter(period: GracePeriod, drain: boolean): Promise<void> {
    const drained = drain ? this.#workplace?.drain().then(lastSteps) : undefined;
    await Promise.race([Promise.all([drained, period.known]), period.over]);
    this.#emitCounts();
    if (this.#interruption !== undefined) this.endEarly(this.#interruptedBy(this.#interruption));
  }

  #interruptedBy(interruption: Interruption): InterruptedError {
    return new InterruptedError(interruption, this.#info.database, this.#leftCalls());
  }

  #leftCalls(): LeftCalls {
    const left = { done: 0, running: 0, waiting: 0 };
    for (const { done, running, waiting } of this.#workplace?.counts() ?? []) {
      left.done += done;
      left.running += running;
      left.waiting += waiting;
    }
    return left;
  }

  /** Aborts all that goes on; a while later the run rejects with `reason`, whatever the job does. */
  endEarly(reason: unknown): void {
    this.#controller.abort(reason);
    setTimeout(() => void this.#endWorkplace().finally(() => this.#ended.reject(reason)), INTERRUPT_GRACE_MS);
  }

  async #endWorkplace(): Promise<void> {
    await this.#workplace?.[Symbol.asyncDispose]();
  }

  #emitCounts(): void {
    if (this.#workplace === undefined) return;
    const event = {
      type: "counts",
      functions: this.#workplace.counts(),
      remembered: this.#remembered,
      waitingFor: this.#workplace.whyWaiting(),
    } as const;
    const counts = JSON.stringify(event);
    if (counts === this.#lastCounts) return;
    this.#lastCounts = counts;
    this.events.emit(event);
  }
}

/** The job takes in the results of its last calls, and hands them to the database. */
const lastSteps = (): Promise<void> => sleep(LAST_STEPS_MS);

function onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): Disposable {
  const listener = (): void => aborted(signal.reason);
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", listener) };
}
