/**
 * The life of one call of a job, over as many submissions as it needs, and over as many runs of the program: it begins with what
 * its directory says.
 */
import { InterruptedError } from "@hyperion-ts/job";
import { errorFromData } from "@hyperion-ts/wire";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { Submission } from "../directory/job-record.ts";
import type { Outcome } from "../directory/outcome.ts";
import { JobError, type JobFailure } from "../job-error.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { JobEnd } from "../slurm/job-end-kinds.ts";
import type { JobValue } from "./job-launcher.ts";
import type { SlurmJobs, SubmittedCall } from "./slurm-jobs.ts";
import type { Settled } from "./watched-submission.ts";

/** So often is a job submitted that ends by no fault of its own: a node that fails, a preemption. */
const MAX_SUBMISSIONS = 3;

/** Ends that say nothing about the job. */
const RUNS_AGAIN: ReadonlySet<JobEnd["kind"]> = new Set(["node-failed", "preempted", "boot-failed", "forgotten"]);

/** Of what a job printed last so many lines are in its error. */
const SHOWN_LINES = 10;

/** A call, and what its caller chose. */
export interface JobCallRequest {
  readonly directory: JobDirectory;
  readonly options: SbatchOptions;
  readonly signal: AbortSignal;
  /** Gives the encoded input, where the job has begun and the directory has none. */
  readonly computeInput?: (() => Promise<Uint8Array>) | undefined;
}

/** One call. */
export class JobCall {
  readonly #jobs: SlurmJobs;
  readonly #request: JobCallRequest;
  /** The submission that this run of the program has made, joined, or found ended. */
  #submitted: SubmittedCall = { number: 0, jobId: 0, slurmName: "" };

  constructor(jobs: SlurmJobs, request: JobCallRequest) {
    this.#jobs = jobs;
    this.#request = request;
  }

  /** What the job gives. @throws JobError; SubmissionError; the signal's reason. */
  async value(): Promise<JobValue> {
    const kept = await this.#kept();
    if (kept !== undefined) return await this.#settle(kept);
    for (let own = 1; ; own += 1) {
      const isThere = this.#joinable() !== undefined;
      const settled = await this.#jobs.slot(isThere, this.#request.signal, () => this.#submission());
      if (!isNobodysFault(settled) || own >= MAX_SUBMISSIONS) return await this.#settle(settled);
      const { jobId, number } = this.#submitted;
      this.#jobs.tell(`${this.#request.directory.job.name}: Slurm job ${jobId}: ${settled.end.sentence} It is submitted again`);
      this.#request.directory.amend(number, { end: settled.end.sentence });
    }
  }

  /** What an earlier run of the program has left, if that settles the call: a value, or a failure that nobody was told, of today's code. */
  async #kept(): Promise<Outcome | undefined> {
    const { directory } = this.#request;
    const signed = directory.outcome();
    if (signed === undefined) return undefined;
    const submission = directory.submissions()[signed.submission - 1];
    const { jobId = 0, slurmName = "" } = submission ?? {};
    this.#submitted = { number: signed.submission, jobId, slurmName };
    if (signed.outcome.kind === "value") return signed.outcome;
    const isNews = submission?.end === undefined && submission?.snapshot.hash === (await this.#jobs.snapshot()).hash;
    return signed.outcome.kind === "error" && isNews ? signed.outcome : undefined;
  }

  /** The last submission, if nobody knows of its end. */
  #joinable(): { readonly number: number; readonly submission: Submission } | undefined {
    const { directory } = this.#request;
    const all = directory.submissions();
    const submission = all.at(-1);
    const isOver = submission?.end !== undefined || directory.outcome()?.submission === all.length;
    return submission === undefined || isOver ? undefined : { number: all.length, submission };
  }

  async #submission(): Promise<Settled> {
    const { directory, options, signal } = this.#request;
    const there = this.#joinable();
    const joined = there && (await this.#jobs.join(directory, there.number, there.submission, signal));
    this.#submitted = joined ?? (await this.#jobs.submit(directory, options, signal));
    using watched = this.#jobs.watch(directory, this.#submitted);
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      void this.#giveInput(watched.begun);
      return await Promise.race([watched.settled, aborted.promise]);
    } catch (error) {
      if (signal.aborted) await this.#abandon();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      aborted.promise.catch(() => undefined);
    }
  }

  async #giveInput(begun: Promise<void>): Promise<void> {
    const { directory, computeInput } = this.#request;
    if (computeInput === undefined || directory.input() !== undefined) return;
    await begun;
    directory.writeInput(await computeInput());
  }

  /** A program that is interrupted leaves its jobs: its next run joins them. A job that nobody wants any more is cancelled. */
  async #abandon(): Promise<void> {
    const { directory, signal } = this.#request;
    if (signal.reason instanceof InterruptedError) return;
    await this.#jobs.cancel(this.#submitted);
    directory.amend(this.#submitted.number, { end: "was cancelled: its caller no longer wanted it" });
  }

  async #settle(settled: Settled): Promise<JobValue> {
    const { directory } = this.#request;
    const { number, jobId } = this.#submitted;
    await this.#jobs.takeIn(directory);
    if (settled.kind === "value") {
      this.#jobs.delivered(directory);
      return { value: settled.value, codeHash: await this.#jobs.codeHash(directory, number) };
    }
    const detail = settled.kind === "ended" ? sentencesOf(settled.end) : messageOf(settled);
    directory.amend(number, { end: detail });
    const site = { name: directory.job.name, jobId, submissions: number, directory: directory.path };
    const cause = settled.kind === "ended" ? {} : { cause: errorFromData(settled.error) };
    throw new JobError(failureOf(settled), site, detail, cause);
  }
}

const sentencesOf = ({ sentence, help, lastLines }: JobEnd): string =>
  [sentence, ...(help === undefined ? [] : [help]), ...lastLines.slice(-SHOWN_LINES).map((line) => `  | ${line}`)].join("\n  ");

const isNobodysFault = (settled: Settled): settled is Extract<Settled, { kind: "ended" }> =>
  settled.kind === "ended" && (RUNS_AGAIN.has(settled.end.kind) || (settled.end.kind === "failed" && settled.end.signal > 0));

const messageOf = ({ error }: Exclude<Outcome, { kind: "value" }>): string =>
  error.kind === "error" ? `${error.name}: ${error.message}` : `threw ${String(error.value)}`;

const failureOf = (settled: Exclude<Settled, { kind: "value" }>): JobFailure => {
  switch (settled.kind) {
    case "error":
      return { kind: "threw" };
    case "interrupted":
      return { kind: "interrupted", signal: settled.signal, timeIsUp: settled.timeIsUp };
    case "ended":
      return settled;
    default:
      return settled satisfies never;
  }
};
