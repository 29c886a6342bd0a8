/** The Slurm jobs of one run of a program: submitted, at most so many at a time, joined, watched, cancelled, and taken in. */
import { EventEmitter, once } from "node:events";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pause } from "@hyperion-ts/bounds";
import { type ProgramEnv, programCode } from "@hyperion-ts/job/program";
import { privateFolder } from "@hyperion-ts/own-files";
import { parseSlurmJobId, type SlurmJobId } from "@hyperion-ts/slurm-env";
import { newServiceId } from "@hyperion-ts/wire";
import PQueue from "p-queue";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { Submission } from "../directory/job-record.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { SubmissionNotice } from "../sbatch/submission-notice.ts";
import { findSubmitted } from "../sbatch/find-submitted.ts";
import { ClusterPartitions } from "../sbatch/partition-limits.ts";
import { submitJob } from "../sbatch/submit-job.ts";
import { cancelJobs } from "../slurm/cancel-jobs.ts";
import { SlurmWatch, type WatchNotice } from "../slurm/slurm-watch.ts";
import { definingModules, makeSnapshot, type Snapshot } from "../snapshot/make-snapshot.ts";
import { OutcomeWatch } from "./outcome-watch.ts";
import type { SubmittedCall } from "./submitted-call.ts";
import { TakeIn } from "./take-in.ts";
import { WatchedSubmission } from "./watched-submission.ts";

/** How Slurm is used. */
export interface SlurmJobsOptions {
  /** How many jobs may wait and run at a time. Default: no limit. */
  readonly maxSlurmJobs?: number | undefined;
  /** The longest pause between two questions to Slurm, in milliseconds. */
  readonly longestPauseMs?: number | undefined;
}

/** Between two looks for a job of which it is not known whether it was submitted, while Slurm gives no answer. */
const FIRST_LOOK_MS = 5_000;
const LONGEST_LOOK_MS = 60_000;

/** So that errors of the program's code name its sources, from which the snapshot was made. */
const HEAD_OPTIONS = ["--enable-source-maps", "--disable-sigusr1"];

const headProgram = fileURLToPath(new URL(`../head/head-main${extname(import.meta.url)}`, import.meta.url));

/** All of them. Disposing of it stops looking; it cancels nothing. */
export class SlurmJobs implements AsyncDisposable {
  readonly env: ProgramEnv;
  readonly #queue: PQueue;
  readonly #outcomes = new OutcomeWatch();
  readonly #slurm: SlurmWatch;
  readonly #takeIn: TakeIn;
  readonly #partitions = new ClusterPartitions();
  readonly #ends = new EventEmitter();
  readonly #delivered = new Set<JobDirectory>();
  #snapshot: Promise<Snapshot> | undefined;

  constructor(env: ProgramEnv, options: SlurmJobsOptions) {
    this.env = env;
    this.#queue = new PQueue({ concurrency: options.maxSlurmJobs ?? Number.POSITIVE_INFINITY });
    this.#slurm = new SlurmWatch({
      ...(options.longestPauseMs === undefined ? {} : { longestMs: options.longestPauseMs }),
      onNotice: (notice) => this.tell(noticeText(notice)),
    });
    this.#takeIn = new TakeIn(env.results);
  }

  /** The program's code in one file, made when the first job needs it. */
  snapshot(): Promise<Snapshot> {
    return (this.#snapshot ??= this.#makeSnapshot());
  }

  /** Runs `use` as one of the jobs that there may be at a time; those that Slurm has already come first. */
  async slot<A>(isThere: boolean, signal: AbortSignal, use: () => Promise<A>): Promise<A> {
    return await this.#queue.add(use, { priority: isThere ? 1 : 0, signal });
  }

  /** Submits the job of a directory. @throws SubmissionError; the signal's reason. */
  async submit(directory: JobDirectory, options: SbatchOptions, signal: AbortSignal): Promise<SubmittedCall> {
    const { file, hash, functionHashes } = await this.snapshot();
    const { id, name } = directory.job;
    const programId = this.env.programInfo.id;
    const slurmName = `${programId}-${newServiceId()}`;
    directory.removeOutcome();
    const submittedAt = new Date().toISOString();
    const number = directory.add({
      slurmName,
      programId,
      submittedAt,
      options,
      snapshot: { file, hash },
      codeHash: functionHashes[name],
    });
    const program = [process.execPath, ...HEAD_OPTIONS, headProgram, directory.path, String(number)];
    const request = { name: slurmName, directory: directory.path, output: directory.output, options, program };
    const onNotice = ({ text }: SubmissionNotice): void => this.tell(`${name}: ${text}`);
    const ownJobEnded = (signal: AbortSignal): Promise<void> =>
      once(this.#ends, "end", { signal }).then(() => undefined);
    const submitted = await submitJob(request, { signal, onNotice, ownJobEnded, partitions: this.#partitions }).catch(
      (error: unknown) => {
        // Whatever sbatch had been given was taken back, or never was.
        directory.amend(number, { end: signal.aborted ? "was taken back" : String(error) });
        throw error;
      },
    );
    directory.amend(number, { jobId: submitted.jobId });
    this.tell(`${name} is Slurm job ${submitted.jobId} (${id})`);
    this.#slurm.askSoon();
    return { number, jobId: submitted.jobId, slurmName };
  }

  /** A submission of an earlier run of the program; undefined where Slurm has never got it. */
  async join(
    directory: JobDirectory,
    number: number,
    submission: Submission,
    signal: AbortSignal,
  ): Promise<SubmittedCall | undefined> {
    const { slurmName } = submission;
    const known = submission.jobId ?? (await this.#lookFor(slurmName, signal));
    if (known === undefined) {
      directory.amend(number, { end: "was never submitted" });
      return undefined;
    }
    const jobId = parseSlurmJobId(known);
    if (submission.jobId === undefined) directory.amend(number, { jobId });
    this.tell(`${directory.job.name} is Slurm job ${jobId} already, of the program's run ${submission.programId}`);
    return { number, jobId, slurmName };
  }

  /** The job of that name; undefined where Slurm is certain to have none. */
  async #lookFor(slurmName: string, signal: AbortSignal): Promise<SlurmJobId | undefined> {
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(2 * wait, LONGEST_LOOK_MS)) {
      const look = await findSubmitted(slurmName, process.env["SBATCH_CLUSTERS"]);
      if (look.kind === "found") return look.jobs[0].jobId;
      if (look.kind === "not-there") return undefined;
      this.tell(`${look.words}\nThe job ${slurmName} is looked for again`);
      await pause(wait, signal);
    }
  }

  /** Watches a job, by its directory and in Slurm; `runs` is told whether it runs, with each change. */
  watch(directory: JobDirectory, submitted: SubmittedCall, runs: (runs: boolean) => void): WatchedSubmission {
    return new WatchedSubmission(directory, submitted, {
      outcomes: this.#outcomes,
      slurm: this.#slurm,
      takeIn: this.#takeIn,
      tell: (sentence) => this.tell(sentence),
      runs,
      ended: () => void this.#ends.emit("end"),
      abandoned: () => void this.cancel(submitted),
      signal: this.env.signal,
    });
  }

  /** Cancels a job, and waits until it is gone. */
  async cancel({ jobId, slurmName }: SubmittedCall): Promise<void> {
    const { left } = await cancelJobs([{ jobId, name: slurmName }]);
    for (const job of left)
      this.tell(`Slurm job ${job.jobId} could not be cancelled: scancel ${job.jobId} tries again`);
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

  async #makeSnapshot(): Promise<Snapshot> {
    const directory = join(this.env.programInfo.dataDir, "snapshots");
    // What lies there is run: nobody else may put another folder in its place.
    privateFolder(directory);
    const options = { signal: this.env.signal, reader: programCode.reader };
    return await makeSnapshot(definingModules(), directory, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#outcomes[Symbol.dispose]();
    await this.#slurm[Symbol.asyncDispose]();
    await this.#takeIn[Symbol.asyncDispose]();
  }
}

const noticeText = (notice: WatchNotice): string =>
  notice.kind === "no-answer"
    ? `Slurm gives no answer; what is known of the jobs grows old, and nothing has ended for that. ${notice.message}`
    : `Slurm answers again, after ${Math.round(notice.afterMs / 1_000)} s`;
