/**
 * A job whose submission was not answered is looked for by its name, twice with a time between: Slurm's controller may take
 * it late. Where it was later still, and the job was submitted again meanwhile, the first is kept and the other one cancelled.
 */
import { pause } from "@hyperion-ts/bounds";
import { findSubmitted, type FoundJob } from "./find-submitted.ts";
import type { SbatchRefusal } from "./sbatch-answer.ts";
import { cancelSubmitted } from "./slurm-submission.ts";
import { inSeconds, sentence } from "./sentence.ts";
import type { SubmissionNotice } from "./submission-notice.ts";

/** Whose job is looked for, and how. */
export interface LookOptions {
  readonly name: string;
  readonly clusters: string | undefined;
  /** Aborted when nobody wants the job any more: it is looked for all the same, to be cancelled. */
  readonly signal: AbortSignal;
  readonly onNotice: (notice: SubmissionNotice) => void;
  readonly secondLookMs: number;
  /** How long is waited where squeue gave no answer, for so many times. */
  readonly pauseMs: (times: number) => number;
}

/** So often squeue may fail when nobody wants the job any more. */
const LAST_LOOKS = 3;

/** All that is looked for in one submission. */
export class SubmissionLooks {
  readonly #options: LookOptions;
  /** How many of its attempts had no answer. */
  #lost = 0;

  constructor(options: LookOptions) {
    this.#options = options;
  }

  /** The job, or undefined when squeue has answered twice that it has none. An abort does not shorten it. */
  async lookTwice({ meaning, words }: SbatchRefusal): Promise<FoundJob | undefined> {
    const { name, clusters, secondLookMs } = this.#options;
    this.#lost += 1;
    this.#looking(0, `${sentence(meaning)} The job ${name} is looked for${words === "" ? "." : `: ${words}`}`);
    for (let absent = 0, failed = 0; ;) {
      const look = await findSubmitted(name, clusters);
      switch (look.kind) {
        case "found":
          return await this.#settled(look.jobs);
        case "not-there":
          absent += 1;
          if (absent === 2) return undefined;
          this.#looking(secondLookMs, `Slurm has no job ${name} yet.`);
          await pause(secondLookMs);
          break;
        case "no-answer": {
          failed += 1;
          if (this.#options.signal.aborted && failed >= LAST_LOOKS) return this.#leave();
          const pauseMs = this.#options.pauseMs(failed);
          this.#looking(pauseMs, look.words);
          await this.#rest(pauseMs);
          break;
        }
        default:
          look satisfies never;
      }
    }
  }

  /** The job of an earlier attempt, where that was lost and Slurm has it by now; else what the last one has led to. */
  async earlierOr<A>(last: A): Promise<FoundJob | A> {
    if (this.#lost === 0) return last;
    const look = await findSubmitted(this.#options.name, this.#options.clusters);
    return look.kind === "found" ? await this.#keepFirst(look.jobs) : last;
  }

  /** Ends a job that nobody wants any more. */
  async cancel(job: FoundJob): Promise<void> {
    const { name, onNotice } = this.#options;
    const failure = await cancelSubmitted(job);
    const text = `Job ${job.jobId} (${name}) was cancelled: nobody wants it any more.`;
    if (failure === undefined) onNotice({ kind: "cancelled", jobId: job.jobId, text });
    else
      onNotice({
        kind: "left",
        text: `Job ${job.jobId} (${name}) could not be cancelled, though nobody wants it any more: ${failure}`,
      });
  }

  /** Where more than one attempt was lost, the job of the last one may still come. */
  async #settled(jobs: readonly [FoundJob, ...FoundJob[]]): Promise<FoundJob> {
    const { name, clusters, onNotice, secondLookMs } = this.#options;
    const [{ jobId }] = jobs;
    onNotice({ kind: "found", jobId, text: `Slurm has ${name} as job ${jobId}.` });
    if (this.#lost === 1) return await this.#keepFirst(jobs);
    this.#looking(secondLookMs, `It was submitted more than once, without an answer.`);
    await pause(secondLookMs);
    const look = await findSubmitted(name, clusters);
    return await this.#keepFirst(look.kind === "found" ? look.jobs : jobs);
  }

  async #keepFirst([first, ...others]: readonly [FoundJob, ...FoundJob[]]): Promise<FoundJob> {
    for (const other of others) await this.cancel(other);
    return first;
  }

  #looking(pauseMs: number, why: string): void {
    const next = pauseMs === 0 ? "" : `\nAnother look follows in ${inSeconds(pauseMs)}.`;
    this.#options.onNotice({ kind: "looking", pauseMs, text: `${why}${next}` });
  }

  #leave(): undefined {
    const { name, onNotice } = this.#options;
    const advice = `\`scancel --me --name=${name}\` ends it, when Slurm's controller answers again.`;
    onNotice({ kind: "left", text: `Slurm may have the job ${name}, which nobody wants any more: ${advice}` });
  }

  /** A pause, which an abort makes short, but does not end with an error. */
  async #rest(pauseMs: number): Promise<void> {
    const { signal, secondLookMs } = this.#options;
    if (signal.aborted) return await pause(Math.min(pauseMs, secondLookMs));
    await pause(pauseMs, signal).catch(() => undefined);
  }
}
