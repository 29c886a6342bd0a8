/** The Slurm jobs of one run of a program: submitted, at most so many at a time, joined, watched, cancelled, and taken in. */
import { EventEmitter, once } from "node:events";
import { pause } from "@hyperion-ts/bounds";
import type { RunEvent } from "@hyperion-ts/job";
import { type ProgramEnv, programCode } from "@hyperion-ts/job/program";
import type { ReachOptions } from "@hyperion-ts/launcher";
import type { SlurmNoticeKind } from "@hyperion-ts/progress";
import { parseSlurmJobId, type SlurmJobId } from "@hyperion-ts/slurm-env";
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
import { DryRun } from "./dry-run.ts";
import type { Attach } from "../link/attach.ts";
import { JobLinks } from "./job-links.ts";
import { JobReports } from "./job-reports.ts";
import { JobSlots } from "./job-slots.ts";
import { OutcomeWatch } from "./outcome-watch.ts";
import { ownFolder } from "./own-folder.ts";
import { type PreparedSubmission, prepareSubmission, type Submitting } from "./prepare-submission.ts";
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

/** Between two looks for a job of which it is not known whether it was submitted, while Slurm gives no answer. */
const FIRST_LOOK_MS = 5_000;
const LONGEST_LOOK_MS = 60_000;
/** A submission of less age may still be on its way to the controller, and is looked for again after so long. */
const YOUNG_MS = 120_000;
const SECOND_LOOK_MS = 30_000;

/** All of them. Disposing of it stops looking; it cancels nothing. */
export class SlurmJobs implements AsyncDisposable {
  readonly env: ProgramEnv;
  /** What is told of each. */
  readonly reports: JobReports;
  readonly slots: JobSlots;
  readonly #dryRun: DryRun | undefined;
  readonly #outcomes = new OutcomeWatch((sentence) => this.warn("files", sentence));
  readonly #slurm: SlurmWatch;
  readonly #takeIn: TakeIn;
  readonly #links: JobLinks;
  readonly #partitions = new ClusterPartitions();
  readonly #ends = new EventEmitter();
  readonly #delivered = new Set<JobDirectory>();
  #snapshot: Promise<Snapshot> | undefined;

  constructor(env: ProgramEnv, { maxSlurmJobs, longestPauseMs, dryRun = false, attach, reach }: SlurmJobsOptions) {
    this.env = env;
    this.reports = new JobReports(env.events);
    this.slots = new JobSlots(dryRun ? undefined : maxSlurmJobs);
    this.#dryRun = dryRun ? new DryRun(env.events) : undefined;
    this.#slurm = new SlurmWatch({
      ...(longestPauseMs === undefined ? {} : { longestMs: longestPauseMs }),
      onNotice: (notice) => env.events.emit(eventOf(notice)),
    });
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

  /** Submits the job of a directory. @throws SubmissionError; DryRunError; the signal's reason. */
  async submit(directory: JobDirectory, options: SbatchOptions, signal: AbortSignal): Promise<SubmittedCall> {
    const { id: programId } = this.env.programInfo;
    const prepare = async (only: Pick<Submitting, "end"> = {}): Promise<PreparedSubmission> =>
      prepareSubmission(directory, {
        programId,
        options,
        snapshot: await this.snapshot(),
        attach: this.#links.attach,
        ...only,
      });
    if (this.#dryRun !== undefined) return await this.#dryRun.submit(directory, prepare, signal);
    const { number, request } = await prepare();
    directory.removeOutcome();
    const { name: slurmName } = request;
    this.reports.tell(directory, { state: "submitting", jobId: null });
    const ownJobEnded = (signal: AbortSignal): Promise<void> =>
      once(this.#ends, "end", { signal }).then(() => undefined);
    const onNotice = (notice: SubmissionNotice): void => this.#noticed(directory, notice);
    const submitted = await submitJob(request, { signal, onNotice, ownJobEnded, partitions: this.#partitions }).catch(
      (error: unknown) => {
        // Whatever sbatch had been given was taken back, or never was.
        directory.amend(number, { end: signal.aborted ? "was taken back" : String(error) });
        this.reports.tell(
          directory,
          signal.aborted ? { state: "cancelled" } : { state: "failed", sentence: messageOf(error) },
        );
        throw error;
      },
    );
    directory.amend(number, { jobId: submitted.jobId });
    this.reports.tell(directory, { state: "waiting", jobId: submitted.jobId });
    this.#slurm.askSoon();
    return { number, jobId: submitted.jobId, slurmName, isJoined: false };
  }

  /** A submission of an earlier run of the program; undefined where Slurm has never got it. */
  async join(
    directory: JobDirectory,
    number: number,
    submission: Submission,
    signal: AbortSignal,
  ): Promise<SubmittedCall | undefined> {
    const { slurmName } = submission;
    const known = submission.jobId ?? (await this.#lookFor(submission, signal));
    if (known === undefined) {
      directory.amend(number, { end: "was never submitted" });
      return undefined;
    }
    const jobId = parseSlurmJobId(known);
    if (submission.jobId === undefined) directory.amend(number, { jobId });
    if (this.#dryRun !== undefined) return await this.#dryRun.join(directory, jobId, signal);
    this.reports.tell(directory, {
      state: "waiting",
      jobId,
      sentence: `is there already, of the program's run ${submission.programId}`,
    });
    return { number, jobId, slurmName, isJoined: true };
  }

  /**
   * The job of that name; undefined where Slurm is certain to have none: an sbatch outlives its program, and a busy controller
   * takes its job a while later, so a young one is looked for again.
   */
  async #lookFor(
    { slurmName, submittedAt }: Pick<Submission, "slurmName" | "submittedAt">,
    signal: AbortSignal,
  ): Promise<SlurmJobId | undefined> {
    const ageMs = Math.abs(Date.now() - Date.parse(submittedAt));
    let looksLeft = ageMs < YOUNG_MS ? 2 : 1;
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(2 * wait, LONGEST_LOOK_MS)) {
      const look = await findSubmitted(slurmName, process.env["SBATCH_CLUSTERS"]);
      if (look.kind === "found") return look.jobs[0].jobId;
      if (look.kind === "not-there") {
        looksLeft -= 1;
        if (looksLeft === 0) return undefined;
        await pause(SECOND_LOOK_MS, signal);
        continue;
      }
      this.warn("submission", `${look.words}\nThe job ${slurmName} is looked for again`);
      await pause(wait, signal);
    }
  }

  /** Watches a job, by its directory and in Slurm; `runs` is told whether it runs, with each change. */
  watch(directory: JobDirectory, submitted: SubmittedCall, runs: (runs: boolean) => void): WatchedSubmission {
    return new WatchedSubmission(directory, submitted, {
      outcomes: this.#outcomes,
      slurm: this.#slurm,
      takeIn: this.#takeIn,
      links: this.#links,
      reports: this.reports,
      warn: (sentence) => this.warn("head", sentence),
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
      this.warn("not-cancelled", `Slurm job ${job.jobId} could not be cancelled: scancel ${job.jobId} tries again`);
  }

  /** Takes in what a job has computed, which has ended: what else it was to compute, others may. */
  async takeIn(directory: JobDirectory): Promise<void> {
    try {
      await this.#takeIn.now(directory);
    } finally {
      this.#links.ended(directory);
    }
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const eventOf = (notice: WatchNotice): RunEvent =>
  notice.kind === "no-answer"
    ? { type: "slurm-silent", message: notice.message }
    : { type: "slurm-answers", afterMs: notice.afterMs };
