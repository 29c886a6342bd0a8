/**
 * Watches all jobs of a program with one squeue for all of them, seldom (ask-pace.ts). Slurm is believed with care: what it
 * does not answer, or leaves out of an answer, changes nothing but the age of what is known, and how a job ended is asked
 * apart (job-end.ts). A job is its id and its name: ids wrap, and start anew with a new controller.
 */
import { randomUUID } from "node:crypto";
import { after, checkOptions, duration, callable, steadyNowMs, type Timer } from "@hyperion-ts/bounds";
import { askSlurm, SlurmCommandError } from "@hyperion-ts/slurm-env/commands";
import { type Pace, paceAfter, type PaceLimits, soon } from "./ask-pace.ts";
import { askJobEnd } from "./job-end.ts";
import { identityKey, type JobIdentity } from "./job-identity.ts";
import { openQuestion } from "./job-sight.ts";
import { type QueuedJob, readSqueueAnswer, squeueQuestion } from "./squeue-answer.ts";
import { tell, WatchedSlurmJob, type WatchedJob } from "./watched-job.ts";

/** How to watch; each part has a default. */
export interface SlurmWatchOptions {
  /** The pause before the first question, and the shortest between two. Default 2,000. */
  readonly firstMs?: number;
  /** The longest pause between two questions. Default 30,000; some sites want minutes. */
  readonly longestMs?: number;
  /** How long squeue may take before it counts as no answer. Default 60,000. */
  readonly answerLimitMs?: number;
  /** Is told once when Slurm gives no answer, and once when it does again. */
  readonly onNotice?: (notice: WatchNotice) => void;
  /** How Slurm's commands are run. Default `askSlurm`. */
  readonly ask?: typeof askSlurm;
}

/** What is worth telling of the watching itself. */
export type WatchNotice =
  /** What is known grows old; nothing has ended for that. `message` says what squeue said, and what to do. */
  | { readonly kind: "no-answer"; readonly message: string }
  /** After so long without an answer. */
  | { readonly kind: "answers-again"; readonly afterMs: number };

/**
 * The watch over all jobs of a program. It asks nothing while nobody waits for an answer: nothing is watched, all has
 * ended, or the links tell everything.
 *
 * @example
 * await using watch = new SlurmWatch({ onNotice: ({ kind }) => console.log(kind) });
 * using job = watch.watch({ jobId, name: "roots-q7RkW-1" });
 * job.onChange(({ view }) => console.log(view.kind === "ended" ? view.end.sentence : view.kind));
 */
export class SlurmWatch implements AsyncDisposable {
  readonly #limits: PaceLimits;
  readonly #answerLimitMs: number;
  readonly #onNotice: ((notice: WatchNotice) => void) | undefined;
  readonly #ask: typeof askSlurm;
  readonly #jobs = new Set<WatchedSlurmJob>();
  readonly #ending = new AbortController();
  #pace: Pace;
  #next: { readonly timer: Timer; readonly atMs: number } | undefined;
  #looking: Promise<void> | undefined;
  #soonAsked = false;
  #answeredAtMs: number;
  #silent = false;

  /** @throws TypeError or RangeError for options that can't be */
  constructor(options: SlurmWatchOptions = {}) {
    checkOptions("SlurmWatch", options, {
      firstMs: duration({ unlimited: false }),
      longestMs: duration({ unlimited: false }),
      answerLimitMs: duration({ unlimited: false }),
      onNotice: callable,
      ask: callable,
    });
    const { firstMs = 2_000, longestMs = 30_000, answerLimitMs = 60_000, onNotice, ask = askSlurm } = options;
    this.#limits = { firstMs, longestMs: Math.max(firstMs, longestMs) };
    this.#answerLimitMs = answerLimitMs;
    this.#onNotice = onNotice;
    this.#ask = ask;
    this.#pace = soon(this.#limits);
    this.#answeredAtMs = steadyNowMs();
  }

  /** How old what is known is: the time since Slurm's last answer (or since this watch was made), in milliseconds. */
  get ageMs(): number {
    return steadyNowMs() - this.#answeredAtMs;
  }

  /** Watches a job until what it returns is disposed of; Slurm is asked soon. */
  watch({ jobId, name }: JobIdentity): WatchedJob {
    const job = new WatchedSlurmJob(jobId, name, {
      forget: (job) => {
        this.#jobs.delete(job);
        this.#plan();
      },
      linkChanged: ({ byLink }) => (byLink ? this.#plan() : this.askSoon()),
    });
    this.#jobs.add(job);
    this.askSoon();
    return job;
  }

  /** Asks after the shortest pause: something has changed that Slurm knows of, such as an own submission or a lost link. */
  askSoon(): void {
    this.#soonAsked = this.#looking !== undefined;
    this.#pace = soon(this.#limits);
    this.#plan();
  }

  /** Ends the watching; what is known stays. No command of Slurm's runs any more then. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#plan();
    await this.#looking;
  }

  /** Sees to it that the next look is when it should be, if there is to be one; never later than it was. */
  #plan(): void {
    const wanted = !this.#ending.signal.aborted && [...this.#jobs].some((job) => job.needsLooks);
    const atMs = steadyNowMs() + this.#pace.pauseMs;
    if (wanted && (this.#looking !== undefined || (this.#next !== undefined && this.#next.atMs <= atMs))) return;
    this.#next?.timer[Symbol.dispose]();
    this.#next = wanted ? { atMs, timer: after(this.#pace.pauseMs, () => this.#begin()) } : undefined;
  }

  #begin(): void {
    this.#next = undefined;
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      this.#plan();
    });
  }

  async #look(): Promise<void> {
    const { signal } = this.#ending;
    const beganMs = steadyNowMs();
    // One that is watched from now on may have been submitted after Slurm made its answer.
    const jobs = [...this.#jobs];
    const mark = randomUUID();
    const answer = await this.#ask(squeueQuestion(mark), { signal, timeLimitMs: this.#answerLimitMs });
    if (signal.aborted) return;
    const tookMs = steadyNowMs() - beganMs;
    const answered = answer.code === 0;
    this.#noteAnswer(answered ? undefined : new SlurmCommandError(["squeue"], answer).message);
    if (answered) await this.#takeIn(jobs, readSqueueAnswer(answer.stdout, mark));
    const leftOpen = jobs.some((job) => job.needsLooks && openQuestion(job.sight) !== "none");
    if (!this.#soonAsked) this.#pace = paceAfter(this.#pace, { answered, tookMs, leftOpen }, this.#limits);
    this.#soonAsked = false;
  }

  async #takeIn(jobs: readonly WatchedSlurmJob[], shown: readonly QueuedJob[]): Promise<void> {
    const { signal } = this.#ending;
    const byIdentity = new Map(shown.map((job) => [identityKey({ jobId: job.id, name: job.name }), job]));
    for (const job of jobs) job.takeIn(byIdentity.get(identityKey(job)), steadyNowMs());
    for (const job of jobs) {
      if (!job.needsLooks || openQuestion(job.sight) !== "ask-end") continue;
      const end = await askJobEnd(job.jobId, job.name, { signal, ask: this.#ask }).catch(() => undefined);
      if (signal.aborted || end === undefined) return;
      job.takeInEnd(end, steadyNowMs());
    }
  }

  #noteAnswer(failure: string | undefined): void {
    if (failure === undefined) {
      const afterMs = this.ageMs;
      this.#answeredAtMs = steadyNowMs();
      if (this.#silent) this.#notice({ kind: "answers-again", afterMs });
    } else if (!this.#silent) {
      this.#notice({ kind: "no-answer", message: failure });
    }
    this.#silent = failure !== undefined;
  }

  #notice(notice: WatchNotice): void {
    if (this.#onNotice !== undefined) tell(this.#onNotice, notice);
  }
}
