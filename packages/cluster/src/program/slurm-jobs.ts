/** The Slurm jobs of one run of a program: submitted, at most so many at a time, joined, watched, cancelled, and taken in. */
import { EventEmitter, once } from "node:events";
import type { Answer, Question } from "@hyperion-ts/control";
import { type ProgramEnv, programCode } from "@hyperion-ts/job/program";
import type { ReachOptions } from "@hyperion-ts/launcher";
import type { SlurmNoticeKind } from "@hyperion-ts/progress";
import { parseSlurmJobId } from "@hyperion-ts/slurm-env";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { Submission } from "../directory/job-record.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { SubmissionNotice } from "../sbatch/submission-notice.ts";
import { ClusterPartitions } from "../sbatch/partition-limits.ts";
import { submitJob } from "../sbatch/submit-job.ts";
import { cancelJobs } from "../slurm/cancel-jobs.ts";
import { askOn, chosenCluster } from "../slurm/chosen-cluster.ts";
import { definingModules, makeSnapshot, type Snapshot } from "../snapshot/make-snapshot.ts";
import { DryRun } from "./dry-run.ts";
import type { Attach } from "../link/attach.ts";
import { earlierSubmission } from "./earlier-submission.ts";
import { JobLinks } from "./job-links.ts";
import { JobReports } from "./job-reports.ts";
import { JobSlots } from "./job-slots.ts";
import { JobStarts } from "./job-starts.ts";
import { OutcomeWatch } from "./outcome-watch.ts";
import { ownFolder } from "./own-folder.ts";
import { type PreparedSubmission, prepareSubmission, type Submitting } from "./prepare-submission.ts";
import { SlurmWatches } from "./slurm-watches.ts";
import { startOf } from "./start-records.ts";
import type { SubmittedCall } from "./submitted-call.ts";
import { TakeIn } from "./take-in.ts";
import { WatchedSubmission } from "./watched-submission.ts";

/** How Slurm is used. */
export interface SlurmJobsOptions {
  /** How many jobs may wait and run at a time. Default: no limit. */
  readonly maxSlurmJobs?: number | undefined;
  /** The longest pause between two questions to Slurm, in milliseconds. */
  readonly longestPauseMs?: number | undefined;
  /** Nothing is submitted, but shown. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** How links to heads are made. Default: `"auto"`. */
  readonly attach?: Attach | undefined;
  readonly reach?: ReachOptions | undefined;
}

/** All of them. Disposing of it stops looking; it cancels nothing. */
export class SlurmJobs implements AsyncDisposable {
  readonly env: ProgramEnv;
  /** What is told of each. */
  readonly reports: JobReports;
  readonly slots: JobSlots;
  /** How they begin. */
  readonly starts: JobStarts;
  readonly #dryRun: DryRun | undefined;
  readonly #outcomes = new OutcomeWatch((sentence) => this.warn("files", sentence));
  readonly #slurm: SlurmWatches;
  readonly #cluster = chosenCluster(process.env);
  readonly partitions = new ClusterPartitions(askOn(this.#cluster));
  readonly #takeIn: TakeIn;
  readonly #links: JobLinks;
  readonly #ends = new EventEmitter();
  readonly #delivered = new Set<JobDirectory>();
  /** Those that are watched now. */
  readonly watched = new Set<WatchedSubmission>();
  #snapshot: Promise<Snapshot> | undefined;

  constructor(env: ProgramEnv, { maxSlurmJobs, longestPauseMs, dryRun = false, attach, reach }: SlurmJobsOptions) {
    this.env = env;
    this.reports = new JobReports(env.events);
    this.slots = new JobSlots(dryRun ? undefined : maxSlurmJobs);
    this.starts = new JobStarts({
      partitions: this.partitions,
      tell: (kind, sentence) => this.warn(kind, sentence),
    });
    this.#dryRun = dryRun ? new DryRun(env.events) : undefined;
    this.#slurm = new SlurmWatches(env.events, longestPauseMs);
    this.#takeIn = new TakeIn(env.results);
    const { results, log } = env;
    this.#links = new JobLinks({ attach, reach, results, log, tell: (sentence) => this.warn("link", sentence) });
  }

  /** The program's code in one file, made when the first job needs it. */
  snapshot(): Promise<Snapshot> {
    return (this.#snapshot ??= this.#makeSnapshot());
  }

  /** The hash of today's code of a job, or of a function; undefined where it can't be read. */
  codeHash(name: string): string | undefined {
    return programCode.of(name)?.hash();
  }

  /** Submits the job of a directory. @throws SubmissionError; NotSubmittedError; DryRunError; the signal's reason. */
  async submit(directory: JobDirectory, wanted: SbatchOptions, wish: AbortSignal): Promise<SubmittedCall> {
    const { id: programId } = this.env.programInfo;
    const prepare = async (only: Pick<Submitting, "end"> = {}): Promise<PreparedSubmission> => {
      const options = await this.starts.withoutBrokenNodes(directory, wanted);
      const snapshot = await this.snapshot();
      const { attach } = this.#links;
      return prepareSubmission(directory, { programId, options, snapshot, cluster: this.#cluster, attach, ...only });
    };
    if (this.#dryRun !== undefined) return await this.#dryRun.submit(directory, prepare, wish);
    const { hash } = await this.snapshot();
    const signal = AbortSignal.any([wish, this.starts.stopOf(startOf(directory.job.name, hash, wanted))]);
    signal.throwIfAborted();
    const { number, request } = await prepare();
    directory.removeOutcome();
    const { name: slurmName } = request;
    this.reports.tell(directory, { state: "submitting", jobId: null });
    const ownJobEnded = (signal: AbortSignal): Promise<void> =>
      once(this.#ends, "end", { signal }).then(() => undefined);
    const onNotice = (notice: SubmissionNotice): void => this.#noticed(directory, notice);
    const submitted = await submitJob(request, { signal, onNotice, ownJobEnded, partitions: this.partitions }).catch(
      (error: unknown) => {
        // Whatever sbatch had been given was taken back, or never was.
        directory.amend(number, { end: signal.aborted ? "was taken back" : String(error) });
        if (signal.aborted) this.reports.tell(directory, { state: "cancelled", end: "cancelled" });
        throw error;
      },
    );
    const { jobId, cluster = this.#cluster } = submitted;
    directory.amend(number, { jobId, cluster });
    this.reports.tell(directory, { state: "waiting", jobId });
    return { number, jobId, cluster, slurmName, isJoined: false };
  }

  /** A person wants a call to be made again: whatever failed before it had begun is tried once more. */
  async startsAnew(directory: JobDirectory, options: SbatchOptions): Promise<void> {
    this.starts.forget(startOf(directory.job.name, (await this.snapshot()).hash, options));
  }

  /** A submission of an earlier run of the program; undefined where Slurm has never got it. */
  async join(
    directory: JobDirectory,
    number: number,
    submission: Submission,
    signal: AbortSignal,
  ): Promise<SubmittedCall | undefined> {
    const { slurmName } = submission;
    const tell = (words: string): void => this.warn("submission", words);
    const known = submission.jobId === undefined ? await earlierSubmission(submission, tell, signal) : submission;
    if (known?.jobId === undefined) {
      directory.amend(number, { end: "was never submitted" });
      return undefined;
    }
    const jobId = parseSlurmJobId(known.jobId);
    const cluster = known.cluster ?? submission.cluster;
    if (submission.jobId === undefined) directory.amend(number, { jobId, cluster });
    if (this.#dryRun !== undefined) return await this.#dryRun.join(directory, jobId, signal);
    this.reports.tell(directory, {
      state: "waiting",
      jobId,
      sentence: `is there already, of the program's run ${submission.programId}`,
    });
    return { number, jobId, cluster, slurmName, isJoined: true };
  }

  /** Watches a job, by its directory and in Slurm; `runs` is told whether it runs, with each change. */
  watch(directory: JobDirectory, submitted: SubmittedCall, runs: (runs: boolean) => void): WatchedSubmission {
    const watched = new WatchedSubmission(directory, submitted, {
      outcomes: this.#outcomes,
      slurm: this.#slurm.on(submitted.cluster),
      takeIn: this.#takeIn,
      links: this.#links,
      reports: this.reports,
      warn: (sentence) => this.warn("head", sentence),
      runs,
      begun: (head) => this.starts.begun(directory, submitted.number, head),
      ended: () => void this.#ends.emit("end"),
      abandoned: () => void this.cancel(submitted),
      left: () => this.watched.delete(watched),
      signal: this.env.signal,
    });
    this.watched.add(watched);
    return watched;
  }

  /** Cancels a job, and waits until it is gone; false: it is not, and a person is told. */
  async cancel({ jobId, slurmName, cluster }: SubmittedCall): Promise<boolean> {
    const { left } = await cancelJobs([{ jobId, name: slurmName }], { ask: askOn(cluster) });
    for (const job of left)
      this.warn("not-cancelled", `Slurm job ${job.jobId} could not be cancelled: scancel ${job.jobId} tries again`);
    return left.length === 0;
  }

  /** Takes in what a job has computed, which has ended: what else it was to compute, others may. */
  async takeIn(directory: JobDirectory): Promise<void> {
    try {
      await this.#takeIn.now(directory);
    } finally {
      this.#links.ended(directory);
    }
  }

  /** Takes in what the job of an earlier run of the program has computed by now. */
  async takeInEarlier(directory: JobDirectory): Promise<void> {
    await this.#takeIn.present(directory);
  }

  /** Asks the head of a directory's job, as another process asks a run; undefined where there is no link to one now. */
  ask(directory: JobDirectory, question: Question): Promise<Answer> | undefined {
    return this.#links.ask(directory, question);
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

  /** While a job is not taken yet, that is its state; the rest is told once. */
  #noticed(directory: JobDirectory, { kind, text }: SubmissionNotice): void {
    if (kind === "waiting" || kind === "looking") this.reports.tell(directory, { state: "submitting", sentence: text });
    else if (kind !== "found") this.warn("submission", text);
  }

  /** Tells the person what may need a look. */
  warn(kind: SlurmNoticeKind, message: string): void {
    this.env.events.emit({ type: "slurm-notice", kind, message });
  }

  async #makeSnapshot(): Promise<Snapshot> {
    const directory = ownFolder(this.env.programInfo.dataDir, "snapshots", (sentence) => this.warn("folder", sentence));
    const options = { signal: this.env.signal, reader: programCode.reader };
    return await makeSnapshot(definingModules(), directory, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#outcomes[Symbol.dispose]();
    await this.#links[Symbol.asyncDispose]();
    await this.#slurm[Symbol.asyncDispose]();
    await this.#takeIn[Symbol.asyncDispose]();
  }
}
