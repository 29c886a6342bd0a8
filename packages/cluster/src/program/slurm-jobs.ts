/** The Slurm jobs of one run of a program: submitted, at most so many at a time, joined, watched, cancelled, and taken in. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProgramEnv } from "@hyperion-ts/job/program";
import { newServiceId } from "@hyperion-ts/wire";
import PQueue from "p-queue";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { Submission } from "../directory/job-record.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import { findSubmittedJob, submitJob } from "../sbatch/submit-job.ts";
import { cancelJobs } from "../slurm/cancel-jobs.ts";
import { SlurmWatch } from "../slurm/slurm-watch.ts";
import { makeSnapshot, type Snapshot } from "../snapshot/make-snapshot.ts";
import { OutcomeWatch } from "./outcome-watch.ts";
import { TakeIn } from "./take-in.ts";
import { WatchedSubmission } from "./watched-submission.ts";

/** How Slurm is used. */
export interface SlurmJobsOptions {
  /** How many jobs may wait and run at a time. Default: no limit. */
  readonly maxSlurmJobs?: number | undefined;
  /** The longest pause between two questions to Slurm, in milliseconds. */
  readonly longestPauseMs?: number | undefined;
  /** The file of the program, whose code the jobs run. */
  readonly program: string;
}

/** A job that Slurm has. */
export interface SubmittedCall {
  /** The number of its submission, from 1 on. */
  readonly number: number;
  readonly jobId: number;
  /** Its name in Slurm. */
  readonly slurmName: string;
}

const headProgram = fileURLToPath(new URL(`../head/head-main${extname(import.meta.url)}`, import.meta.url));

/** All of them. Disposing of it stops looking; it cancels nothing. */
export class SlurmJobs implements AsyncDisposable {
  readonly env: ProgramEnv;
  readonly #options: SlurmJobsOptions;
  readonly #queue: PQueue;
  readonly #outcomes = new OutcomeWatch();
  readonly #slurm: SlurmWatch;
  readonly #takeIn: TakeIn;
  readonly #delivered = new Set<JobDirectory>();
  #snapshot: Promise<Snapshot> | undefined;

  constructor(env: ProgramEnv, options: SlurmJobsOptions) {
    this.env = env;
    this.#options = options;
    this.#queue = new PQueue({ concurrency: options.maxSlurmJobs ?? Number.POSITIVE_INFINITY });
    this.#slurm = new SlurmWatch({
      ...(options.longestPauseMs === undefined ? {} : { longestPauseMs: options.longestPauseMs }),
      onNotice: (sentence) => this.tell(sentence),
    });
    this.#takeIn = new TakeIn(env.results);
  }

  /** The program's code in one file, made when the first job needs it. */
  snapshot(): Promise<Snapshot> {
    return (this.#snapshot ??= makeSnapshot(this.#options.program, `${this.env.programInfo.dataDir}/snapshots`, {
      signal: this.env.signal,
    }));
  }

  /** Runs `use` as one of the jobs that there may be at a time; those that Slurm has already come first. */
  async slot<A>(isThere: boolean, signal: AbortSignal, use: () => Promise<A>): Promise<A> {
    return await this.#queue.add(use, { priority: isThere ? 1 : 0, signal });
  }

  /** Submits the job of a directory. @throws SubmissionError; the signal's reason. */
  async submit(directory: JobDirectory, options: SbatchOptions, signal: AbortSignal): Promise<SubmittedCall> {
    const { file, hash } = await this.snapshot();
    const { id, name } = directory.job;
    const programId = this.env.programInfo.id;
    const slurmName = `${programId}-${newServiceId()}`;
    directory.removeOutcome();
    const submittedAt = new Date().toISOString();
    const number = directory.add({ slurmName, programId, submittedAt, options, snapshot: { file, hash } });
    const program = [process.execPath, headProgram, directory.path, String(number)];
    const submitted = await submitJob(
      { name: slurmName, directory: directory.path, output: directory.output, options, program },
      { signal, onNotice: (sentence) => this.tell(`${name}: ${sentence}`) },
    );
    directory.amend(number, { jobId: submitted.jobId });
    this.tell(`${name} is Slurm job ${submitted.jobId} (${id})`);
    this.#slurm.askSoon();
    return { number, jobId: submitted.jobId, slurmName };
  }

  /** A submission of an earlier run of the program; undefined where Slurm has never got it. */
  async join(directory: JobDirectory, number: number, submission: Submission, signal: AbortSignal): Promise<SubmittedCall | undefined> {
    const { slurmName } = submission;
    const jobId = submission.jobId ?? (await findSubmittedJob(slurmName, { signal }))?.jobId;
    if (jobId === undefined) {
      directory.amend(number, { end: "was never submitted" });
      return undefined;
    }
    if (submission.jobId === undefined) directory.amend(number, { jobId });
    this.tell(`${directory.job.name} is Slurm job ${jobId} already, of the program's run ${submission.programId}`);
    return { number, jobId, slurmName };
  }

  /** Watches a job, by its directory and in Slurm. */
  watch(directory: JobDirectory, submitted: SubmittedCall): WatchedSubmission {
    return new WatchedSubmission(directory, submitted, {
      outcomes: this.#outcomes,
      slurm: this.#slurm,
      takeIn: this.#takeIn,
      tell: (sentence) => this.tell(sentence),
      signal: this.env.signal,
    });
  }

  /** The hash of the code that the job of a submission ran, where that is not today's. */
  async codeHash(directory: JobDirectory, number: number): Promise<string | undefined> {
    const submission = directory.submissions()[number - 1];
    if (submission === undefined || submission.snapshot.hash === (await this.snapshot()).hash) return undefined;
    return readFunctionHashes(submission.snapshot.file).get(directory.job.name);
  }

  /** Cancels a job, and waits until it is gone. */
  async cancel({ jobId, slurmName }: SubmittedCall): Promise<void> {
    const { left } = await cancelJobs([{ jobId, name: slurmName }]);
    for (const job of left) this.tell(`Slurm job ${job.jobId} could not be cancelled: scancel ${job.jobId} tries again`);
  }

  /** Takes in what a job has computed by now. */
  async takeIn(directory: JobDirectory): Promise<void> {
    await this.#takeIn.now(directory);
  }

  /** The caller of this directory's call has its value. */
  delivered(directory: JobDirectory): void {
    this.#delivered.add(directory);
  }

  /** Directories whose values were delivered, once. */
  takeDelivered(): readonly JobDirectory[] {
    const delivered = [...this.#delivered];
    this.#delivered.clear();
    return delivered;
  }

  /** Says something to the person, and in the log. */
  tell(sentence: string): void {
    this.env.events.emit({ type: "log", message: sentence });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#outcomes[Symbol.dispose]();
    await this.#slurm[Symbol.asyncDispose]();
    await this.#takeIn[Symbol.asyncDispose]();
  }
}
