/** A job that Slurm has, watched in two ways: its directory, which is quick and sure, and Slurm, which also knows of jobs that can say nothing. */
import { pause, steadyNowMs } from "@hyperion-ts/bounds";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { Outcome } from "../directory/outcome.ts";
import type { JobEnd } from "../slurm/job-end-kinds.ts";
import type { JobView } from "../slurm/watched-job.ts";
import type { SlurmWatch } from "../slurm/slurm-watch.ts";
import type { JobReports } from "./job-reports.ts";
import type { OutcomeWatch } from "./outcome-watch.ts";
import type { SubmittedCall } from "./submitted-call.ts";
import type { TakeIn } from "./take-in.ts";

/**
 * A job whose end is known may have written its outcome a moment before: a network file system shows it up to a minute later.
 * Where it says that it is COMPLETED, there is one.
 */
const OUTCOME_GRACE_MS = { completed: 90_000, other: 5_000 } as const;
const LOOK_INTERVAL_MS = 500;

/** What it is watched with. */
export interface Watching {
  readonly outcomes: OutcomeWatch;
  readonly slurm: SlurmWatch;
  readonly takeIn: TakeIn;
  /** What is told of it. */
  readonly reports: JobReports;
  /** Whether it runs, or waits, is told with each change. */
  readonly runs: (runs: boolean) => void;
  /** Slurm says that it has ended. */
  readonly ended: () => void;
  /** Nobody runs it any more, and Slurm does not end it by itself. */
  readonly abandoned: () => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** How one submission ended. */
export type Settled = Outcome | { readonly kind: "ended"; readonly end: JobEnd };

/** A job under watch, until it is disposed of. */
export class WatchedSubmission implements Disposable {
  /** Resolves when its head has begun. */
  readonly begun: Promise<void>;
  /** How it ended. */
  readonly settled: Promise<Settled>;
  readonly #directory: JobDirectory;
  readonly #submitted: SubmittedCall;
  readonly #watching: Watching;
  readonly #stack = new DisposableStack();
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<JobEnd>();

  constructor(directory: JobDirectory, submitted: SubmittedCall, watching: Watching) {
    this.#directory = directory;
    this.#submitted = submitted;
    this.#watching = watching;
    this.begun = this.#begun.promise;
    const outcome = this.#stack.use(watching.outcomes.watch(directory, submitted.number, () => this.#looked())).outcome;
    const slurm = this.#stack.use(watching.slurm.watch({ jobId: submitted.jobId, name: submitted.slurmName }));
    slurm.onChange(({ view }) => this.#changed(view));
    // An interruption is the end only where Slurm does not start the job again.
    const final = outcome.then(async (signed): Promise<Settled> => {
      if (signed.outcome.kind === "interrupted") await this.#ended.promise;
      return signed.outcome;
    });
    this.settled = Promise.race([final, this.#ended.promise.then((end) => this.#lastLook(end))]);
    this.settled.catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  #looked(): void {
    const head = this.#directory.head();
    if (head?.submission !== this.#submitted.number) return;
    this.#begun.resolve();
    this.#watching.reports.counted(this.#directory, head.calls);
    this.#watching.takeIn.later(this.#directory);
  }

  #changed(view: JobView): void {
    switch (view.kind) {
      case "ended":
        this.#watching.ended();
        return this.#ended.resolve(view.end);
      case "seen":
        this.#watching.reports.seen(this.#directory, view);
        this.#watching.runs(view.phase.kind === "running");
        if (view.abandoned) this.#watching.abandoned();
        return;
      case "not-seen":
        return;
      default:
        view satisfies never;
    }
  }

  /** Slurm says that it has ended: what it had to say of that is there, or will be soon. */
  async #lastLook(end: JobEnd): Promise<Settled> {
    const graceMs = end.kind === "completed" ? OUTCOME_GRACE_MS.completed : OUTCOME_GRACE_MS.other;
    const lastMs = steadyNowMs() + graceMs;
    for (;;) {
      const signed = this.#directory.outcome();
      if (signed?.submission === this.#submitted.number) return signed.outcome;
      if (steadyNowMs() > lastMs || this.#watching.signal.aborted) return { kind: "ended", end };
      await pause(LOOK_INTERVAL_MS);
    }
  }
}
