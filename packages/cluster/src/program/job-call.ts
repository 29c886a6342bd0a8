/**
 * The life of one call of a job, over as many submissions as it needs, and over as many runs of the program: it begins with what
 * its directory says.
 */
import { InterruptedError } from "@hyperion-ts/job";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { Submission } from "../directory/job-record.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import { JobError } from "../job-error.ts";
import type { JobEnd } from "../slurm/job-end-kinds.ts";
import type { CountedJob } from "./job-counts.ts";
import { failureWords, isNobodysFault, isOfThePast, jobError } from "./job-failure.ts";
import type { JobValue } from "./job-launcher.ts";
import type { HeldJob } from "./job-slots.ts";
import type { Settled } from "./settled.ts";
import type { SlurmJobs } from "./slurm-jobs.ts";
import type { SubmittedCall } from "./submitted-call.ts";
import type { WatchedSubmission } from "./watched-submission.ts";

/** So many jobs are submitted for a call where they end by no fault of its own: with a node that fails, or a preemption. */
const MAX_SUBMISSIONS = 3;

/** A call, and what its caller chose. */
export interface JobCallRequest {
  readonly directory: JobDirectory;
  readonly options: SbatchOptions;
  readonly signal: AbortSignal;
  /** Is told how it goes. */
  readonly counted: CountedJob;
  /** Gives the encoded input once the job has begun, where the directory has none. */
  readonly computeInput?: (() => Promise<Uint8Array>) | undefined;
}

/** A submission that has ended. */
interface Ended {
  readonly submitted: Pick<SubmittedCall, "number"> & { readonly jobId: number };
  readonly settled: Settled;
}

/** One call. */
export class JobCall {
  readonly #jobs: SlurmJobs;
  readonly #request: JobCallRequest;
  /** Settles when the input is written. */
  #input: Promise<void> | undefined;
  #failure: { readonly number: number; readonly end: string } | undefined;

  constructor(jobs: SlurmJobs, request: JobCallRequest) {
    this.#jobs = jobs;
    this.#request = request;
  }

  /** What the job gives. @throws JobError, of which `noteFailure` tells the next run; SubmissionError; NotSubmittedError; the signal's reason. */
  async value(): Promise<JobValue> {
    const kept = await this.#kept();
    if (kept !== undefined) return await this.#deliver(kept, "had ended before this run of the program");
    for (let own = 1; ; own += 1) {
      const isThere = this.#open() !== undefined;
      const ended = await this.#jobs.slots.run(isThere, this.#request.signal, () => this.#submission());
      const { settled } = ended;
      const another = isOfThePast(settled) || isNobodysFault(settled);
      if (!another || own >= MAX_SUBMISSIONS) return await this.#deliver(ended);
      await this.#takeIn();
      this.#again(ended.submitted, settled.end);
    }
  }

  /** The JobError of `value` is in its caller's hands, or held: the job's end is no news to the next run of the program. */
  noteFailure(): void {
    if (this.#failure !== undefined) this.#note(this.#failure.number, { end: this.#failure.end });
  }

  /** What an earlier run of the program has left, if that settles the call: a value, or a failure of today's code that nobody was told. */
  async #kept(): Promise<Ended | undefined> {
    const { directory } = this.#request;
    const signed = directory.outcome();
    if (signed === undefined) return undefined;
    const { submission: number, outcome } = signed;
    if (outcome.kind === "interrupted") return undefined;
    const submission = directory.submissions()[number - 1];
    const ended = { submitted: { number, jobId: submission?.jobId ?? 0 }, settled: outcome };
    // What was delivered is asked for again where it was not kept, or where code of today is wanted.
    const { codeHash, delivered = false } = submission ?? {};
    const isOlder = codeHash !== undefined && codeHash !== this.#jobs.codeHash(directory.job.name);
    if (outcome.kind === "value") return delivered && isOlder ? undefined : ended;
    if (submission === undefined || submission.end !== undefined) return undefined;
    const { hash } = await this.#jobs.snapshot();
    return submission.snapshot.hash === hash ? ended : undefined;
  }

  /** The last submission, if nobody knows of its end. */
  #open(): { readonly number: number; readonly submission: Submission } | undefined {
    const { directory } = this.#request;
    const all = directory.submissions();
    const submission = all.at(-1);
    const signed = directory.outcome();
    const hasEnded =
      submission?.end !== undefined || (signed?.submission === all.length && signed.outcome.kind !== "interrupted");
    return submission === undefined || hasEnded ? undefined : { number: all.length, submission };
  }

  async #submission(): Promise<HeldJob<Ended>> {
    const { directory, options, signal, counted } = this.#request;
    const open = this.#open();
    const joined = open && (await this.#jobs.join(directory, open.number, open.submission, signal));
    const submitted = joined ?? (await this.#jobs.submit(directory, options, signal));
    using stack = new DisposableStack();
    const watched = stack.use(
      this.#jobs.watch(directory, submitted, (runs) => counted.is(runs ? "running" : "waiting")),
    );
    const settled = await this.#settled(submitted, watched);
    await this.#jobs.starts.ended(directory, submitted, settled);
    const watch = stack.move();
    return { value: { submitted, settled }, gone: watched.gone, [Symbol.dispose]: () => watch.dispose() };
  }

  async #settled(submitted: SubmittedCall, watched: WatchedSubmission): Promise<Settled> {
    const { signal } = this.#request;
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    const onAbort = (): void => aborted.reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([watched.settled, aborted.promise, this.#inputFailed(watched.begun)]);
    } catch (error) {
      await this.#abandon(submitted, watched, error);
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Gives the input when the job has begun; settles only by rejecting, where the input can't be computed. */
  async #inputFailed(begun: Promise<void>): Promise<never> {
    const { directory, computeInput } = this.#request;
    if (computeInput !== undefined && directory.input() === undefined) {
      await begun;
      // A job that is lost meanwhile leaves it to the next one.
      this.#input ??= computeInput().then((input) => directory.writeInput(input));
      await this.#input;
    }
    return await new Promise<never>(() => undefined);
  }

  /** A program that is interrupted leaves its jobs, and its next run joins them. A job that nobody wants any more is cancelled. */
  async #abandon(submitted: SubmittedCall, watched: WatchedSubmission, reason: unknown): Promise<void> {
    if (reason instanceof InterruptedError) return;
    const { directory } = this.#request;
    await watched.abort(reason instanceof Error ? reason.message : String(reason));
    const isGone = await this.#jobs.cancel(submitted);
    await this.#takeIn();
    this.#note(submitted.number, { end: `was cancelled: ${whyUnwanted(reason)}` });
    const sentence = reason instanceof JobError ? "was cancelled by a person (hyperion cancel)" : null;
    if (isGone) this.#jobs.reports.tell(directory, { state: "cancelled", end: "cancelled", sentence });
  }

  /** Takes in what a job has computed that has given no value; what can't be read now waits for the job's end. */
  async #takeIn(): Promise<void> {
    await this.#jobs.takeIn(this.#request.directory).catch(() => undefined);
  }

  #again({ number, jobId }: Ended["submitted"], { sentence }: JobEnd): void {
    const { directory, counted } = this.#request;
    this.#note(number, { end: sentence });
    counted.retried();
    this.#jobs.reports.tell(directory, {
      state: "submitting",
      jobId: null,
      sentence: `Slurm job ${jobId}: ${sentence} It is submitted again, and goes on from what it had computed`,
    });
  }

  /** What is known of a submission is there for the next run of the program, unless the directory is gone: it is told all the same. */
  #note(number: number, known: Pick<Submission, "end" | "delivered">): void {
    const { directory } = this.#request;
    try {
      directory.amend(number, known);
    } catch (error) {
      this.#jobs.warn(
        "files",
        `${directory.path}: it could not be written down how the job has ended: ${String(error)}`,
      );
    }
  }

  async #deliver({ settled, submitted: { number, jobId } }: Ended, sentence: string | null = null): Promise<JobValue> {
    const { directory, counted } = this.#request;
    const calls = directory.head()?.calls ?? null;
    await this.#jobs.takeIn(directory);
    if (settled.kind === "value") {
      const { codeHash, submittedAt } = directory.submissions()[number - 1] ?? {};
      if (codeHash !== undefined && codeHash !== this.#jobs.codeHash(directory.job.name))
        this.#jobs.warn(
          "older-code",
          `Slurm job ${jobId} (${directory.job.name}) has run the code of when it was submitted (${submittedAt}), which was changed since: its value is of that code`,
        );
      this.#note(number, { delivered: true });
      this.#jobs.delivered(directory);
      counted.is("done");
      this.#jobs.reports.tell(directory, {
        state: "done",
        jobId: jobId === 0 ? null : jobId,
        calls,
        sentence,
        end: "value",
      });
      return { value: settled.value, codeHash };
    }
    this.#failure = { number, end: failureWords(settled) };
    throw jobError(settled, directory, { number, jobId });
  }
}

const whyUnwanted = (reason: unknown): string =>
  reason instanceof JobError ? "a person wanted it so (hyperion cancel)" : "nobody waited for it any more";
