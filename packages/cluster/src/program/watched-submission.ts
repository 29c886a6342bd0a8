/** A job that Slurm has, watched in two ways: its directory, which is quick and sure, and Slurm, which also knows of jobs that can say nothing. */
import { pause, steadyNowMs } from "@hyperion-ts/bounds";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { HeadRecord } from "../directory/job-record.ts";
import { isLastWord, type LastWord, type Outcome } from "../directory/outcome.ts";
import { endWords } from "../slurm/end-words.ts";
import type { JobEnd } from "../slurm/job-end-kinds.ts";
import type { SeenJob } from "../slurm/job-sight.ts";
import type { JobView, WatchedJob } from "../slurm/watched-job.ts";
import type { SlurmWatch } from "../slurm/slurm-watch.ts";
import type { JobReports } from "./job-reports.ts";
import { HeadClaims } from "./head-claims.ts";
import { type HeadNews, headNewsText, HeadSilence } from "./head-silence.ts";
import type { JobLink } from "./job-link.ts";
import type { JobLinks } from "./job-links.ts";
import type { OutcomeWatch, WatchedDirectory } from "./outcome-watch.ts";
import type { EndedJob, Settled } from "./settled.ts";
import type { SubmittedCall } from "./submitted-call.ts";
import type { TakeIn } from "./take-in.ts";

/**
 * A job whose end is known may have written its outcome a moment before: a network file system shows it up to a minute later.
 * Where it says that it is COMPLETED, there is one.
 */
const OUTCOME_GRACE_MS = { completed: 90_000, other: 5_000 } as const;
const LOOK_INTERVAL_MS = 500;

const REQUEUED = "Slurm has put it back into the queue: it goes on from what it had computed.";
/** Slurm would go on until the time limit. */
const ABANDONED = "The node that ran its script is lost, and nothing of it runs any more: it is being cancelled.";

/** What it is watched with. */
export interface Watching {
  readonly outcomes: OutcomeWatch;
  readonly slurm: SlurmWatch;
  readonly takeIn: TakeIn;
  readonly links: JobLinks;
  /** What is told of it. */
  readonly reports: JobReports;
  /** Tells a person what may need a look. */
  readonly warn: (sentence: string) => void;
  /** Whether it runs, or waits, is told with each change. */
  readonly runs: (runs: boolean) => void;
  /** Its head has reported for the first time. */
  readonly begun: (head: HeadRecord) => void;
  /** Slurm says that it has ended. */
  readonly ended: () => void;
  /** Nobody runs it any more, and Slurm does not end it by itself. */
  readonly abandoned: () => void;
  /** It is not watched any more. */
  readonly left: () => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** A job under watch, until it is disposed of. */
export class WatchedSubmission implements Disposable {
  /** Resolves when its head has begun. */
  readonly begun: Promise<void>;
  /** How it ended. */
  readonly settled: Promise<Settled>;
  /** Resolves when Slurm says that it has ended: that may be a while after it has given its value. */
  readonly gone: Promise<void>;
  readonly #directory: JobDirectory;
  readonly #submitted: SubmittedCall;
  readonly #watching: Watching;
  readonly #stack = new DisposableStack();
  readonly #inDirectory: WatchedDirectory;
  readonly #inSlurm: WatchedJob;
  readonly #link: JobLink | undefined;
  readonly #claims: HeadClaims;
  readonly #told = Promise.withResolvers<LastWord>();
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<JobEnd>();
  readonly #silence = new HeadSilence();
  #reportedAtMs: number | undefined;
  #head: HeadRecord | undefined;
  #hasBegun = false;
  #runs = false;
  #restarts = 0;
  #wasThere: boolean;
  /** Slurm has taken the node that ran its script out of it. */
  #isAbandoned = false;

  constructor(directory: JobDirectory, submitted: SubmittedCall, watching: Watching) {
    this.#directory = directory;
    this.#submitted = submitted;
    this.#watching = watching;
    this.#wasThere = !submitted.isJoined;
    this.begun = this.#begun.promise;
    this.#stack.defer(() => watching.left());
    this.#inDirectory = this.#stack.use(watching.outcomes.watch(directory, submitted.number, () => this.#looked()));
    const { outcome } = this.#inDirectory;
    this.#inSlurm = this.#stack.use(watching.slurm.watch({ jobId: submitted.jobId, name: submitted.slurmName }));
    this.#inSlurm.onChange(({ view }) => this.#changed(view));
    this.#claims = this.#stack.use(
      new HeadClaims({
        takeIn: () => watching.takeIn.now(directory),
        release: () => watching.links.headLost(directory),
      }),
    );
    this.#link = watching.links.open(directory, submitted, {
      linked: () => this.#linked(),
      runs: () => this.#runs,
      counted: (calls) => watching.reports.counted(directory, calls),
      ended: (signed) => {
        if (isLastWord(signed.outcome)) this.#told.resolve(signed.outcome);
      },
    });
    if (this.#link !== undefined) this.#stack.use(this.#link);
    this.gone = this.#ended.promise.then(() => undefined);
    this.settled = Promise.race([outcome, this.#told.promise, this.#ended.promise.then((end) => this.#lastLook(end))]);
    this.settled.catch(() => undefined);
  }

  /** Has the head end the job in order, where there is a link to it, for which `reason`. Resolves when it has, or does not. */
  async abort(reason: string): Promise<void> {
    await this.#link?.abort(reason);
  }

  /** Tells when Slurm expects the job to begin, where that has changed. */
  tellExpected(): void {
    const { view } = this.#inSlurm;
    if (view.kind === "seen") this.#watching.reports.expected(this.#directory, view);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  /** What a link tells need not be asked for, once Slurm has said where the job runs. Its end is news: whoever knows more is asked. */
  #linked(): void {
    const isUp = this.#link?.isUp === true;
    if (isUp) this.#begun.resolve();
    this.#claims.linked(isUp);
    this.#inDirectory.byLink = isUp;
    this.#inSlurm.byLink = isUp && this.#runs;
  }

  #looked(): void {
    const reportedAtMs = this.#directory.headReportedAtMs();
    if (reportedAtMs !== this.#reportedAtMs) this.#reported();
    this.#reportedAtMs = reportedAtMs;
    const report = this.#head === undefined ? undefined : reportedAtMs;
    const news = this.#silence.look({ runs: this.#runs, report }, steadyNowMs());
    if (news !== undefined) this.#tellOfHead(news);
    if (this.#link?.isUp !== true) this.#watching.takeIn.later(this.#directory);
  }

  /** A head of this start of the job, as far as is known how often Slurm has started it. */
  #reported(): void {
    const head = this.#directory.head();
    if (head?.submission !== this.#submitted.number || head.restarts < this.#restarts) return;
    if (!this.#hasBegun) this.#watching.begun(head);
    this.#hasBegun = true;
    this.#head = head;
    this.#link?.headIs(head);
    this.#started(head.restarts);
    this.#begun.resolve();
    this.#watching.reports.counted(this.#directory, head.calls);
  }

  /** Slurm's count of its starts is not known from all releases' squeue; its head knows it. */
  #started(restarts: number): void {
    if (restarts <= this.#restarts) return;
    this.#restarts = restarts;
    this.#warn(REQUEUED);
  }

  #changed(view: JobView): void {
    switch (view.kind) {
      case "ended":
        this.#watching.ended();
        return this.#ended.resolve(this.#judged(view.end));
      case "seen":
        return this.#saw(view);
      case "not-seen":
        return;
      default:
        view satisfies never;
    }
  }

  #saw(view: SeenJob): void {
    const runs = view.state === "RUNNING" && !view.abandoned;
    const isNew = view.restarts > this.#restarts;
    if (isNew) this.#head = undefined;
    if (isNew || (this.#runs && !runs)) void this.#claims.fall();
    this.#started(view.restarts);
    if (!view.abandoned) this.#watching.reports.seen(this.#directory, view);
    else if (!this.#isAbandoned) this.#warn(ABANDONED);
    this.#watching.runs(view.phase.kind === "running");
    this.#wasThere = true;
    this.#runs = runs;
    if (view.abandoned && !this.#isAbandoned) this.#watching.abandoned();
    this.#isAbandoned ||= view.abandoned;
    this.#inSlurm.byLink = this.#link?.isUp === true && this.#runs;
  }

  /** Slurm says that it has ended: what it had to say of that is there, or will be soon. */
  async #lastLook(end: JobEnd): Promise<Settled> {
    const graceMs = end.kind === "completed" ? OUTCOME_GRACE_MS.completed : OUTCOME_GRACE_MS.other;
    const lastMs = steadyNowMs() + graceMs;
    for (;;) {
      const outcome = this.#outcome();
      if (outcome?.kind === "interrupted") return { ...this.#endedBy(end), interruption: outcome };
      if (outcome !== undefined) return outcome;
      if (steadyNowMs() > lastMs || this.#watching.signal.aborted) return this.#endedBy(end);
      await pause(LOOK_INTERVAL_MS);
    }
  }

  #endedBy(end: JobEnd): EndedJob {
    return { kind: "ended", end, wasThere: this.#wasThere };
  }

  #outcome(): Outcome | undefined {
    const signed = this.#directory.outcome();
    return signed?.submission === this.#submitted.number ? signed.outcome : undefined;
  }

  /** A job that Slurm goes on with when the node of its script is lost (`--no-kill`) is cancelled, by its other nodes or by this program. */
  #judged(end: JobEnd): JobEnd {
    const node = this.#directory.head()?.node;
    const isWithout = node !== undefined && end.nodes.length > 0 && !end.nodes.includes(node);
    if (end.kind !== "cancelled" || !(this.#isAbandoned || isWithout)) return end;
    const how = { kind: "node-failed", failedNodes: node === undefined ? [] : [node] } as const;
    return { ...end, ...how, ...endWords(how, { ...end, userId: undefined }) };
  }

  #tellOfHead(news: HeadNews): void {
    const { output } = this.#directory;
    const words = headNewsText(news, { ...this.#head, output, jobId: this.#submitted.jobId });
    this.#warn(words);
  }

  #warn(words: string): void {
    this.#watching.warn(`Slurm job ${this.#submitted.jobId} (${this.#directory.job.name}): ${words}`);
  }
}
