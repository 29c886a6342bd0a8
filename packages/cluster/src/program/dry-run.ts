/** A run of a program that submits nothing: it shows which jobs it would submit, and how. */
import { pause } from "@hyperion-ts/bounds";
import type { RunEvents } from "@hyperion-ts/job";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { DryRunError } from "../dry-run-error.ts";
import type { JobDirectory } from "../directory/job-directory.ts";
import { showSubmission } from "../sbatch/sbatch-command.ts";
import { callWords } from "./call-words.ts";
import type { PreparedSubmission, Submitting } from "./prepare-submission.ts";

/** Calls that are made together have come by then. */
const QUIET_MS = 500;

/** How a submission ended that was only shown. */
const SHOWN = "was only shown, by a dry run";

/** What one run would submit. */
export class DryRun {
  readonly #events: RunEvents;
  readonly #submissions: string[] = [];
  readonly #joined: SlurmJobId[] = [];
  /** Calls whose submission is still to be shown: the program's snapshot is made first. */
  #preparing = 0;

  constructor(events: RunEvents) {
    this.#events = events;
  }

  /** Shows a job that would be submitted. @throws DryRunError when no more calls come; the signal's reason */
  async submit(
    directory: JobDirectory,
    prepare: (only: Pick<Submitting, "end">) => Promise<PreparedSubmission>,
    signal: AbortSignal,
  ): Promise<never> {
    this.#preparing += 1;
    const { request } = await prepare({ end: SHOWN }).finally(() => (this.#preparing -= 1));
    const text = showSubmission(request);
    this.#submissions.push(text);
    this.#tell(`${callOf(directory)} would be submitted (${directory.path}/submit.sh does that):\n${text}`);
    return await this.#end(signal);
  }

  /** Tells of a job that is there. @throws as `submit` */
  async join(directory: JobDirectory, jobId: SlurmJobId, signal: AbortSignal): Promise<never> {
    this.#joined.push(jobId);
    this.#tell(`${callOf(directory)} is Slurm job ${jobId} already, and would be joined`);
    return await this.#end(signal);
  }

  /** The first call that ended would take the others with it. */
  async #end(signal: AbortSignal): Promise<never> {
    for (;;) {
      const shown = this.#count;
      await pause(QUIET_MS, signal);
      if (shown === this.#count && this.#preparing === 0) throw new DryRunError(this.#submissions, this.#joined);
    }
  }

  get #count(): number {
    return this.#submissions.length + this.#joined.length;
  }

  #tell(message: string): void {
    this.#events.emit({ type: "log", message });
  }
}

const callOf = (directory: JobDirectory): string => {
  const input = directory.input();
  return `${directory.job.name} ${input === undefined ? "" : callWords(input.value)}`.trimEnd();
};
