/**
 * Submits a job, once. What another attempt can cure is tried again, what only a person can cure is an error, and where
 * sbatch's answer was lost, the job is looked for by its name before anything is tried again: so it is never there twice.
 */
import { aborter, anything, callable, checkOptions, duration, fields, pause, structured } from "@hyperion-ts/bounds";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { neverHeld } from "./node-sizes.ts";
import { ClusterPartitions, neverRuns, possiblePartitions } from "./partition-limits.ts";
import type { SbatchRefusal } from "./sbatch-answer.ts";
import { type SbatchCommand, sbatchCommand, type SubmissionRequest } from "./sbatch-command.ts";
import { withSbatchDefaults } from "./sbatch-options.ts";
import { askOn, clustersOf } from "../slurm/chosen-cluster.ts";
import { askSbatch } from "./slurm-submission.ts";
import type { FoundJob } from "./find-submitted.ts";
import { inSeconds, sentence } from "./sentence.ts";
import { SubmissionError } from "./submission-error.ts";
import { SubmissionLooks } from "./submission-looks.ts";
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
  /** Resolves when a job of this person's has ended, and rejects after an abort only; what a limit on submitted jobs waits for, beside a pause. */
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

/**
 * Submits a job, and returns when Slurm has it.
 *
 * An abort of `signal` while sbatch runs leaves it 5 s for its answer. A job that was taken is then cancelled; where that is
 * not known, it is looked for twice, which takes half a minute, and cancelled where it is found.
 *
 * @throws SubmissionError when Slurm refuses the job, and would again, or no nodes can ever hold it; TypeError and RangeError for a request that can't be
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
  readonly #pauses: Required<SubmissionPauses>;
  readonly #looks: SubmissionLooks;

  constructor(request: SubmissionRequest, command: SbatchCommand, options: SubmitOptions) {
    this.#request = request;
    this.#command = command;
    this.#options = options;
    const { firstMs = 5_000, longestMs = 300_000, secondLookMs = 30_000 } = options.pauses ?? {};
    this.#pauses = { firstMs, longestMs, secondLookMs };
    this.#looks = new SubmissionLooks({
      name: request.name,
      clusters: clustersOf(this.#env),
      signal: options.signal,
      onNotice: options.onNotice,
      secondLookMs,
      pauseMs: (attempts) => this.#pauseMs(attempts),
    });
  }

  get #env(): Readonly<Record<string, string | undefined>> {
    return this.#options.env ?? process.env;
  }

  async run(): Promise<FoundJob> {
    const { signal } = this.#options;
    await this.#comparePartitions();
    for (let attempts = 1, unknown = 0; ; attempts += 1) {
      signal.throwIfAborted();
      const answer = await this.#attempt();
      if (signal.aborted && !("kind" in answer)) await this.#looks.cancel(answer);
      signal.throwIfAborted();
      if (!("kind" in answer)) return answer;
      if (answer.kind === "unknown") unknown += 1;
      if (answer.kind === "final" || unknown >= UNKNOWN_ATTEMPTS)
        throw new SubmissionError(this.#request, this.#command, answer);
      await this.#waitAfter(answer, attempts);
    }
  }

  /** The job that Slurm has, or what it has said in its place. */
  async #attempt(): Promise<FoundJob | SbatchRefusal> {
    const { signal, timeLimitMs = 240_000 } = this.#options;
    const answer = await askSbatch(this.#command, { env: this.#env, timeLimitMs, signal });
    if (answer.kind === "unsure") return (await this.#looks.lookTwice(answer)) ?? answer;
    if (answer.kind !== "submitted") return await this.#looks.earlierOr(answer);
    if (answer.said !== "")
      this.#options.onNotice({ kind: "site-message", text: `On submitting ${this.#request.name}: ${answer.said}` });
    return await this.#looks.earlierOr({ jobId: answer.jobId, cluster: answer.cluster });
  }

  async #waitAfter(refusal: SbatchRefusal, attempts: number): Promise<void> {
    const { signal, onNotice, ownJobEnded } = this.#options;
    const pauseMs = this.#pauseMs(attempts);
    const waitsForJob = refusal.kind === "own-limit" && ownJobEnded !== undefined;
    const next = waitsForJob ? `when a job has ended, or in ${inSeconds(pauseMs)}` : `in ${inSeconds(pauseMs)}`;
    const text = `Slurm does not take ${this.#request.name} yet${refusal.words === "" ? "." : `: ${refusal.words}`}\n${sentence(refusal.meaning)} It is tried again ${next}.`;
    onNotice({ kind: "waiting", refusal, attempts, pauseMs, text });
    await (waitsForJob ? firstOf(signal, [(signal) => pause(pauseMs, signal), ownJobEnded]) : pause(pauseMs, signal));
  }

  /** A random part of what doubles each time: jobs that were refused together do not come back together. */
  #pauseMs(attempts: number): number {
    const { firstMs, longestMs } = this.#pauses;
    return Math.round(Math.min(longestMs, firstMs * 2 ** (attempts - 1)) * (0.5 + Math.random() / 2));
  }

  async #comparePartitions(): Promise<void> {
    const { onNotice, partitions = new ClusterPartitions(askOn(clustersOf(this.#env))) } = this.#options;
    const options = withSbatchDefaults(this.#request.options, this.#request.directory);
    const own = this.#env["SBATCH_PARTITION"];
    const all = await partitions.list();
    const changedByVariables = ["SBATCH_RESERVATION", "SBATCH_OVERCOMMIT"].some(
      (name) => this.#env[name] !== undefined,
    );
    const never = changedByVariables ? undefined : neverHeld(options, possiblePartitions(options, all, own));
    if (never !== undefined)
      throw new SubmissionError(this.#request, this.#command, { kind: "never-held", words: never });
    const text = neverRuns(options, all, own);
    if (text !== undefined) onNotice({ kind: "never-runs", text: `${this.#request.name}: ${text}` });
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
