/**
 * Submits a job, once. What another attempt can cure is tried again, what only a person can cure is an error, and where
 * sbatch's answer was lost, the job is looked for by its name before anything is tried again: so it is never there twice.
 */
import { aborter, anything, callable, checkOptions, duration, fields, pause, structured } from "@hyperion-ts/bounds";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { ClusterPartitions, neverRuns } from "./partition-limits.ts";
import type { SbatchRefusal } from "./sbatch-answer.ts";
import { type SbatchCommand, sbatchCommand, type SubmissionRequest } from "./sbatch-command.ts";
import { withSbatchDefaults } from "./sbatch-options.ts";
import { askSbatch, cancelSubmitted, clustersOf } from "./slurm-submission.ts";
import { type FoundJob, findSubmitted } from "./find-submitted.ts";
import { sentence, SubmissionError } from "./submission-error.ts";
import type { SubmissionNotice } from "./submission-notice.ts";

/** A job that Slurm has taken. */
export interface SubmittedJob {
  readonly jobId: SlurmJobId;
  /** Where Slurm names one: commands that ask for the job need it (`-M`). */
  readonly cluster?: string | undefined;
  readonly name: string;
}

/** How long is waited between attempts, in milliseconds. */
export interface SubmissionPauses {
  /** The longest first one; each next one is up to twice as long. Default 5,000. */
  readonly firstMs?: number;
  /** None is longer. Default 300,000. */
  readonly longestMs?: number;
  /** Between the two looks for a job whose answer was lost. Default 30,000. */
  readonly secondLookMs?: number;
}

/** How a job is submitted. */
export interface SubmitOptions {
  /** See `submitJob`. */
  readonly signal: AbortSignal;
  /** Hears of all that a person may want to know. */
  readonly onNotice: (notice: SubmissionNotice) => void;
  /** Resolves when a job of this person's has ended; what a limit on submitted jobs waits for, beside a pause. */
  readonly ownJobEnded?: (signal: AbortSignal) => Promise<void>;
  readonly pauses?: SubmissionPauses;
  /** So long sbatch has for its answer, in milliseconds; it tries for 120 s itself. Default 240,000. */
  readonly timeLimitMs?: number;
  /** The variables of this process. Default: process.env. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The partitions of the cluster; one object for all submissions asks Slurm once. */
  readonly partitions?: ClusterPartitions;
}

/** So often something is tried whose message is not known; then it is a person's. */
const UNKNOWN_ATTEMPTS = 3;

/** So often squeue may fail when nobody wants the job any more. */
const LAST_LOOKS = 3;

/**
 * Submits a job, and returns when Slurm has it.
 *
 * An abort of `signal` while sbatch runs leaves it 5 s for its answer. A job that was taken is then cancelled; where that is
 * not known, it is looked for twice, which takes half a minute, and cancelled where it is found.
 *
 * @throws SubmissionError when Slurm refuses the job, and would again; TypeError and RangeError for a request that can't be
 *   right; the signal's reason after an abort
 * @example
 * const { jobId } = await submitJob(request, { signal, onNotice: ({ text }) => console.error(text) });
 */
export async function submitJob(request: SubmissionRequest, options: SubmitOptions): Promise<SubmittedJob> {
  const command = sbatchCommand(request);
  checkOptions<SubmitOptions>("submitJob", options, {
    signal: aborter,
    onNotice: callable,
    ownJobEnded: callable,
    pauses: fields<SubmissionPauses>({
      firstMs: duration({ unlimited: false }),
      longestMs: duration({ unlimited: false }),
      secondLookMs: duration({ unlimited: false }),
    }),
    timeLimitMs: duration({ unlimited: false }),
    env: structured,
    partitions: anything,
  });
  options.signal.throwIfAborted();
  return { ...(await new Submission(request, command, options).run()), name: request.name };
}

class Submission {
  readonly #request: SubmissionRequest;
  readonly #command: SbatchCommand;
  readonly #options: SubmitOptions;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #pauses: Required<SubmissionPauses>;

  constructor(request: SubmissionRequest, command: SbatchCommand, options: SubmitOptions) {
    this.#request = request;
    this.#command = command;
    this.#options = options;
    this.#env = options.env ?? process.env;
    this.#pauses = { firstMs: 5_000, longestMs: 300_000, secondLookMs: 30_000, ...options.pauses };
  }

  async run(): Promise<FoundJob> {
    const { signal } = this.#options;
    await this.#comparePartitions();
    for (let attempts = 1, unknown = 0; ; attempts += 1) {
      signal.throwIfAborted();
      const job = await this.#attempt();
      if (signal.aborted) await this.#takeBack(job);
      signal.throwIfAborted();
      if (!("kind" in job)) return job;
      if (job.kind === "unknown") unknown += 1;
      if (job.kind === "final" || unknown >= UNKNOWN_ATTEMPTS)
        throw new SubmissionError(this.#request, this.#command, job);
      await this.#waitAfter(job, attempts);
    }
  }

  /** The job that Slurm has, or what it has said in its place. */
  async #attempt(): Promise<FoundJob | SbatchRefusal> {
    const { signal, timeLimitMs = 240_000 } = this.#options;
    const answer = await askSbatch(this.#command, { env: this.#env, timeLimitMs, signal });
    if (answer.kind === "unsure") return (await this.#lookTwice(answer)) ?? answer;
    if (answer.kind !== "submitted") return answer;
    if (answer.said !== "")
      this.#tell({ kind: "site-message", text: `On submitting ${this.#request.name}: ${answer.said}` });
    return { jobId: answer.jobId, cluster: answer.cluster };
  }

  /** Until squeue names the job, or has answered twice that it has none: an abort does not shorten it. */
  async #lookTwice(refusal: SbatchRefusal): Promise<FoundJob | undefined> {
    const { name } = this.#request;
    this.#tell({
      kind: "looking",
      pauseMs: 0,
      text: `${sentence(refusal.meaning)} ${name} is looked for (${refusal.words})`,
    });
    for (let absent = 0, failed = 0; ;) {
      const look = await findSubmitted(name, clustersOf(this.#env));
      switch (look.kind) {
        case "found":
          this.#tell({ kind: "found", jobId: look.job.jobId, text: `Slurm has ${name} as job ${look.job.jobId}.` });
          return look.job;
        case "not-there": {
          absent += 1;
          if (absent === 2) return undefined;
          const pauseMs = this.#pauses.secondLookMs;
          this.#tell({
            kind: "looking",
            pauseMs,
            text: `Slurm has no job ${name} yet; another look follows in ${inSeconds(pauseMs)}.`,
          });
          await pause(pauseMs);
          break;
        }
        case "no-answer": {
          failed += 1;
          if (this.#options.signal.aborted && failed >= LAST_LOOKS) return this.#leave();
          const pauseMs = this.#pauseMs(failed);
          this.#tell({
            kind: "looking",
            pauseMs,
            text: `${look.words}\nAnother look for ${name} follows in ${inSeconds(pauseMs)}.`,
          });
          await this.#rest(pauseMs);
          break;
        }
        default:
          look satisfies never;
      }
    }
  }

  #leave(): undefined {
    const { name } = this.#request;
    this.#tell({
      kind: "left",
      text: `Slurm may have the job ${name}, which nobody wants any more: \`scancel --me --name=${name}\` ends it, when Slurm's controller answers again.`,
    });
  }

  async #takeBack(job: FoundJob | SbatchRefusal): Promise<void> {
    if ("kind" in job) return;
    const { name } = this.#request;
    const failure = await cancelSubmitted(job);
    if (failure === undefined)
      this.#tell({
        kind: "cancelled",
        jobId: job.jobId,
        text: `Job ${job.jobId} (${name}) was cancelled: nobody wants it any more.`,
      });
    else
      this.#tell({
        kind: "left",
        text: `Job ${job.jobId} (${name}) could not be cancelled, though nobody wants it any more: ${failure}`,
      });
  }

  async #waitAfter(refusal: SbatchRefusal, attempts: number): Promise<void> {
    const { signal, ownJobEnded } = this.#options;
    const pauseMs = this.#pauseMs(attempts);
    const waitsForJob = refusal.kind === "own-limit" && ownJobEnded !== undefined;
    const next = waitsForJob ? `when a job has ended, or in ${inSeconds(pauseMs)}` : `in ${inSeconds(pauseMs)}`;
    const text = `Slurm does not take ${this.#request.name} yet: ${refusal.words}\n${sentence(refusal.meaning)} It is tried again ${next}.`;
    this.#tell({ kind: "waiting", refusal, attempts, pauseMs, text });
    await (waitsForJob ? firstOf(signal, [(signal) => pause(pauseMs, signal), ownJobEnded]) : pause(pauseMs, signal));
  }

  /** A random part of what doubles each time: jobs that were refused together do not come back together. */
  #pauseMs(attempts: number): number {
    const { firstMs, longestMs } = this.#pauses;
    return Math.round(Math.min(longestMs, firstMs * 2 ** (attempts - 1)) * (0.5 + Math.random() / 2));
  }

  /** A pause, which an abort makes short, but does not end with an error. */
  async #rest(pauseMs: number): Promise<void> {
    const { signal } = this.#options;
    if (signal.aborted) return await pause(Math.min(pauseMs, this.#pauses.secondLookMs));
    await pause(pauseMs, signal).catch(() => undefined);
  }

  async #comparePartitions(): Promise<void> {
    const { partitions = new ClusterPartitions() } = this.#options;
    const options = withSbatchDefaults(this.#request.options, this.#request.directory);
    const text = neverRuns(options, await partitions.list(), this.#env["SBATCH_PARTITION"]);
    if (text !== undefined) this.#tell({ kind: "never-runs", text: `${this.#request.name}: ${text}` });
  }

  #tell(notice: SubmissionNotice): void {
    this.#options.onNotice(notice);
  }
}

/** Until the first of these has come, or the signal aborts; then none is waited for any more. */
async function firstOf(signal: AbortSignal, waits: readonly ((signal: AbortSignal) => Promise<void>)[]): Promise<void> {
  const done = new AbortController();
  const all = waits.map((wait) => wait(AbortSignal.any([signal, done.signal])));
  try {
    await Promise.race(all);
  } finally {
    done.abort();
    await Promise.allSettled(all);
  }
}

const inSeconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1_000))} s`;
