/** One call whose failure is held: its caller waits until a person has decided, over as many tries and runs of the program as it takes. */
import type { Hold } from "@hyperion-ts/holds";
import type { JobDirectory } from "../directory/job-directory.ts";
import { JobError } from "../job-error.ts";
import { NotSubmittedError } from "../not-submitted-error.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import { changedOptions } from "./changed-options.ts";
import { type CallFailure, isCallFailure } from "./hold-cause.ts";
import { JobCall, type JobCallRequest } from "./job-call.ts";
import { endOf } from "./job-failure.ts";
import type { JobHolds } from "./job-holds.ts";
import type { JobValue, OnFailure } from "./job-launcher.ts";
import type { JobChange } from "./job-reports.ts";
import type { SlurmJobs } from "./slurm-jobs.ts";

/** What a call has to do with. */
export interface HeldCallWorld {
  readonly jobs: SlurmJobs;
  readonly holds: JobHolds;
  /** Whether the program ends: its holds stay then. */
  readonly programEnds: () => boolean;
}

/** A call of a job. */
export class HeldCall {
  readonly #world: HeldCallWorld;
  readonly #request: JobCallRequest;
  readonly #onFailure: OnFailure;

  constructor(world: HeldCallWorld, request: JobCallRequest, onFailure: OnFailure) {
    this.#world = world;
    this.#request = request;
    this.#onFailure = onFailure;
  }

  /** What the job gives. @throws what `JobCall` throws, unless it is held; then, when a person has given it up */
  async value(): Promise<JobValue> {
    const { jobs, holds, programEnds } = this.#world;
    const { directory, signal } = this.#request;
    try {
      for (let options = await this.#begin(); ;) {
        const call = new JobCall(jobs, { ...this.#request, options });
        try {
          const value = await call.value();
          holds.end(directory);
          return value;
        } catch (error) {
          options = await this.#afterFailure(error, options, call);
        }
      }
    } catch (error) {
      // Nobody waits for it any more, and the program goes on: nor does anybody wait for its hold.
      if (signal.aborted && !programEnds()) holds.end(directory);
      throw error;
    }
  }

  /** What the first submission asks for, when a hold of an earlier run does not wait any more. */
  async #begin(): Promise<SbatchOptions> {
    const { holds } = this.#world;
    const { directory, options } = this.#request;
    const left = holds.find(directory);
    if (left === undefined) return options;
    if (this.#onFailure === "reject") {
      holds.end(directory);
      return options;
    }
    switch (left.verdict?.kind) {
      case "cancel":
        return await this.#giveUp(givenUp(left, directory));
      case "retry":
        holds.tell(left, "is made again");
        return this.#changed(left.changes);
      case undefined:
        break;
      default:
        left.verdict satisfies undefined;
    }
    if (await holds.isOutdated(left, options)) {
      holds.tell(left, "is held no longer: the program has changed since then");
      holds.end(directory);
      return options;
    }
    return await this.#waitFor(left, givenUp(left, directory));
  }

  /** What the next submission asks for. @throws the error, where it is not held, or a person has given it up */
  async #afterFailure(error: unknown, asked: SbatchOptions, call: JobCall): Promise<SbatchOptions> {
    const { options: wanted } = this.#request;
    const { signal } = this.#request;
    // Whoever has given it up may have done so with the error that it has.
    if (signal.aborted || !isCallFailure(error)) throw error;
    if (this.#onFailure === "reject") {
      call.noteFailure();
      return await this.#giveUp(error);
    }
    const hold = await this.#held(error, { asked, wanted });
    // Not before: who is killed between the two holds it in the next run.
    call.noteFailure();
    return hold === undefined ? await this.#giveUp(error) : await this.#waitFor(hold, error);
  }

  /** Undefined where it can't be written down, as on a disk that is full: then it can't be held. */
  async #held(error: CallFailure, options: Parameters<JobHolds["add"]>[2]): Promise<Hold | undefined> {
    const { jobs, holds } = this.#world;
    const { directory } = this.#request;
    try {
      return await holds.add(directory, error, options);
    } catch (cause) {
      jobs.warn("hold", `A failed call of ${directory.job.name} can't be held: ${String(cause)}`);
      return undefined;
    }
  }

  async #waitFor(hold: Hold, error: Error): Promise<SbatchOptions> {
    const { jobs, holds } = this.#world;
    const { directory, counted, signal } = this.#request;
    counted.is("waiting");
    const decision = await holds.wait(directory, hold, signal);
    if (decision.kind === "cancel") return await this.#giveUp(error);
    const options = this.#changed(decision.changes);
    counted.retried();
    jobs.reports.tell(directory, { state: "submitting", jobId: null });
    await jobs.startsAnew(directory, options);
    return options;
  }

  #changed(changes: Hold["changes"]): SbatchOptions {
    const { directory, options } = this.#request;
    return changedOptions(options, changes, directory.job.call.kind);
  }

  /** The caller gets the error. */
  async #giveUp(error: Error): Promise<never> {
    const { jobs, holds } = this.#world;
    const { directory, counted } = this.#request;
    holds.end(directory);
    counted.is("failed");
    const calls = directory.head()?.calls ?? null;
    const ended: JobChange =
      error instanceof JobError ? { jobId: error.site.jobId, ...endOf(error) } : { end: "not-submitted" };
    // Of others like it the first one has said it all.
    if (!(error instanceof NotSubmittedError))
      jobs.reports.tell(directory, { state: "failed", calls, sentence: error.message, ...ended });
    throw error;
  }
}

/** The error of a call that failed in an earlier run of the program. */
function givenUp({ id, name, reason, why, where, tries }: Hold, { path }: JobDirectory): JobError {
  const site = { name, jobId: where.jobId ?? 0, submissions: tries, directory: path };
  const detail = `${why.replaceAll("\n", "\n  ")}\n  It was held as ${id}, and a person has given it up.`;
  return new JobError({ kind: "given-up", reason }, site, detail);
}
