/** One run of a job: its database, its nodes, its events, and their end, in order. */
import { mkdirSync } from "node:fs";
import { openResults, type ResultsDatabase } from "@hyperion-ts/results";
import type { TaskLauncher } from "../dispatch/task-launcher.ts";
import { logEvents } from "../events/event-log.ts";
import { RunEvents, type RunEventListener } from "../events/run-events.ts";
import type { Job } from "../job.ts";
import type { JobEnv } from "../job-env.ts";
import type { ProgramInfo } from "../program-info.ts";
import { showProgress } from "../progress/show-progress.ts";
import { InterruptedError, onInterrupt } from "./interruption.ts";

/** How long calls get to end by themselves after an interruption, in milliseconds; then their workers are killed. */
const INTERRUPT_GRACE_MS = 300;
const COUNTS_INTERVAL_MS = 1_000;

export interface RunOptions {
  /** Ends the run early. */
  readonly signal?: AbortSignal;
  /** `"auto"`: a live block on a terminal, plain lines elsewhere. Default `"auto"`. */
  readonly progress?: "auto" | "plain" | "none";
  /** Whether SIGINT, SIGTERM and SIGHUP end the run in order. Default true. */
  readonly handleSignals?: boolean;
  /** Hears all events of the run. */
  readonly onEvent?: RunEventListener;
}

/** What runs calls: real nodes, or this process. */
export interface Workplace extends AsyncDisposable {
  readonly taskLauncher: TaskLauncher;
  readonly env: Pick<JobEnv, "pool" | "nodeLaunchers" | "cpusPerNode">;
  /** Counts of calls, for events. */
  counts(): Extract<Parameters<RunEvents["emit"]>[0], { type: "counts" }>["functions"];
}

/** Runs `job` in a workplace that `open` makes. */
export async function runSession<A>(info: ProgramInfo, job: Job<A>, options: RunOptions, open: (events: RunEvents) => Promise<Workplace>): Promise<A> {
  await using stack = new AsyncDisposableStack();
  const session = new Session(info, options, stack);
  const results = stack.use(openResults({ path: info.database, programId: info.id, onHit: () => session.hit() }));
  session.begin();
  try {
    const value = await session.run(job, results, stack.use(await open(session.events)));
    session.end("done", null);
    return value;
  } catch (error) {
    session.end(error instanceof InterruptedError ? "interrupted" : "failed", error instanceof Error ? error.message : String(error));
    throw error;
  }
}

class Session {
  readonly events = new RunEvents();
  readonly #info: ProgramInfo;
  readonly #options: RunOptions;
  readonly #stack: AsyncDisposableStack;
  readonly #controller = new AbortController();
  readonly #startMs = performance.now();
  #remembered = 0;
  #emitCounts: (() => void) | undefined;

  constructor(info: ProgramInfo, options: RunOptions, stack: AsyncDisposableStack) {
    this.#info = info;
    this.#options = options;
    this.#stack = stack;
    mkdirSync(info.logDir, { recursive: true, mode: 0o700 });
    stack.use(logEvents(this.events, info.logDir));
    if (options.onEvent !== undefined) stack.use(this.events.subscribe(options.onEvent));
    if (options.progress !== "none") stack.use(showProgress(this.events, options.progress ?? "auto"));
  }

  hit(): void {
    this.#remembered += 1;
  }

  begin(): void {
    const { id, database, logDir } = this.#info;
    this.events.emit({ type: "run-started", programId: id, database, logDir });
  }

  end(outcome: "done" | "failed" | "interrupted", message: string | null): void {
    this.#emitCounts?.();
    this.events.emit({ type: "run-ended", outcome, seconds: (performance.now() - this.#startMs) / 1_000, message });
  }

  async run<A>(job: Job<A>, results: ResultsDatabase, workplace: Workplace): Promise<A> {
    this.#count(workplace);
    const ended = this.#endEarly(workplace);
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
    return await Promise.race([job(env), ended]);
  }

  /** Rejects a while after the run was ended from outside, whatever the job does then. */
  #endEarly(workplace: Workplace): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    const end = (reason: unknown): void => {
      this.#controller.abort(reason);
      setTimeout(() => void workplace[Symbol.asyncDispose]().then(() => reject(reason), reject), INTERRUPT_GRACE_MS);
    };
    // Without an interruption nobody is left to hear of it.
    promise.catch(() => undefined);
    const { signal, handleSignals = true } = this.#options;
    if (signal !== undefined) this.#stack.use(onAbort(signal, end));
    if (handleSignals) this.#stack.use(onInterrupt((name) => this.#interrupt(name, end)));
    return promise;
  }

  #interrupt(name: NodeJS.Signals, end: (reason: unknown) => void): void {
    this.events.emit({ type: "run-interrupted", signal: name });
    end(new InterruptedError(name, this.#info.database));
  }

  #count(workplace: Workplace): void {
    let last = "";
    this.#emitCounts = () => {
      const functions = workplace.counts();
      const now = JSON.stringify([functions, this.#remembered]);
      if (now === last) return;
      last = now;
      this.events.emit({ type: "counts", functions, remembered: this.#remembered });
    };
    const timer = setInterval(this.#emitCounts, COUNTS_INTERVAL_MS);
    this.#stack.defer(() => clearInterval(timer));
  }
}

function onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): Disposable {
  const listener = (): void => aborted(signal.reason);
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", listener) };
}
