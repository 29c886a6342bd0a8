/** What a program on a login node works with: Slurm jobs, made of calls of jobs and of single functions. */
import {
  type FunctionCounts,
  InterruptedError,
  type RunEvent,
  type RunEvents,
  type TaskLauncher,
  type TaskOptions,
} from "@hyperion-ts/job";
import type { Answer, Question } from "@hyperion-ts/control";
import type { HoldDesk } from "@hyperion-ts/holds";
import type { ProgramEnv, Work } from "@hyperion-ts/job/program";
import { encodeValue } from "@hyperion-ts/wire";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import type { CallKind } from "../directory/job-record.ts";
import { HeldCall } from "./held-call.ts";
import { JobCounts } from "./job-counts.ts";
import { JobDirectories } from "./job-directories.ts";
import { JobCall } from "./job-call.ts";
import { JobHolds } from "./job-holds.ts";
import type { JobLauncher, JobRequest, JobValue, OnFailure } from "./job-launcher.ts";
import { CancelledByPersonError } from "./leave-or-cancel.ts";
import { OpenJobCalls } from "./open-job-calls.ts";
import { SlurmJobs, type SlurmJobsOptions } from "./slurm-jobs.ts";
import { SlurmTaskWorker } from "./slurm-task-worker.ts";

/** A call of a job or of a function, on its way into Slurm. */
export interface SlurmCall {
  readonly name: string;
  readonly call: CallKind;
  /** Encoded; undefined where `computeInput` gives it later. */
  readonly input: Uint8Array | undefined;
  readonly computeInput?: (() => Promise<Uint8Array>) | undefined;
  readonly options: SbatchOptions;
  readonly onFailure: OnFailure | undefined;
  readonly signal: AbortSignal;
}

/** How a program's jobs are run. */
export interface ClusterWorkOptions extends SlurmJobsOptions {
  /** A program and its arguments, run for each call that is held. */
  readonly onHold?: readonly string[] | undefined;
}

/** The Slurm jobs of one run of a program. Disposing of it cancels those that nobody waits for any more. */
export class ClusterWork implements Work {
  readonly #jobs: SlurmJobs;
  readonly #holds: JobHolds;
  readonly #directories: JobDirectories;
  readonly #database: string;
  readonly #isDry: boolean;
  readonly #counts = new JobCounts();
  readonly #running = new Set<Promise<unknown>>();
  readonly #ended = new AbortController();
  readonly openCalls: OpenJobCalls;

  constructor(env: ProgramEnv, options: ClusterWorkOptions) {
    this.#database = env.programInfo.database;
    this.#jobs = new SlurmJobs(env, options);
    this.openCalls = new OpenJobCalls(this.#jobs.reports);
    this.#isDry = options.dryRun === true;
    this.#holds = new JobHolds(this.#jobs, options.onHold);
    this.#directories = new JobDirectories(env.programInfo, (sentence) => this.#jobs.warn("folder", sentence));
  }

  readonly jobLauncher: JobLauncher = {
    run: (request) => this.#runJob(request),
    tasks: (options, onFailure) => this.#tasks(options, onFailure),
  };

  /** The calls that wait for a person. */
  readonly holds = (): HoldDesk => this.#holds.desk;

  /** Asks the head of one of its jobs; undefined where there is no link to it now. */
  askJob(id: string, question: Question): Promise<Answer> | undefined {
    const directory = this.openCalls.directoryOf(id);
    return directory === undefined ? undefined : this.#jobs.ask(directory, question);
  }

  /** What is told of the run. */
  get events(): RunEvents {
    return this.#jobs.env.events;
  }

  /** How many Slurm jobs have not ended, with those that are being submitted. */
  get openJobs(): number {
    return this.#jobs.reports.openCount;
  }

  goesOn(): string | undefined {
    const ids = this.#jobs.reports.open.toSorted((a, b) => a - b);
    if (ids.length === 0) return undefined;
    return ids.length === 1
      ? `1 Slurm job goes on (${ids[0]}); run the same command again to join it.`
      : `${ids.length} Slurm jobs go on (${ids.join(", ")}); run the same command again to join them.`;
  }

  endOfAll(by: string): { readonly reason: Error; readonly jobs: readonly number[] } {
    return { reason: new CancelledByPersonError(this.#database, by), jobs: this.#jobs.reports.open };
  }

  /** The error of a program that leaves its jobs after a signal. */
  interruptedBy(signal: NodeJS.Signals): InterruptedError {
    const interruption = { signal, timeIsUp: false };
    return new InterruptedError(interruption, this.#database, this.#counts.left(), this.goesOn());
  }

  /** Makes a call, in a Slurm job of its own. */
  async call({ name, call, input, computeInput, options, onFailure = "hold", signal }: SlurmCall): Promise<JobValue> {
    using counted = this.#counts.begin(name);
    const directory = this.#directories.next({ name, call, input });
    using open = this.openCalls.begin(directory, options);
    const either = AbortSignal.any([signal, this.#ended.signal, open.signal]);
    const world = { jobs: this.#jobs, holds: this.#holds, programEnds: () => this.#programEnds };
    const request = { directory, options, signal: either, computeInput, counted };
    const made = this.#isDry ? new JobCall(this.#jobs, request) : new HeldCall(world, request, onFailure);
    const value = made.value();
    const running = value.catch(() => undefined);
    this.#running.add(running);
    try {
      return await value;
    } finally {
      this.#running.delete(running);
    }
  }

  /**
   * Takes in what jobs of earlier runs have computed since: before the first call, as a call that is made anew, or made by another
   * job than before, is not to be computed again.
   */
  async begin(): Promise<void> {
    for (const directory of this.#directories.unused()) await this.#jobs.takeInEarlier(directory);
  }

  /**
   * The program is done, and has the values of its calls: their directories have served. So have those of values that an earlier
   * run had when it was killed. Others may be another program's, which shares this folder: what they have is taken in, and they
   * stay. Of jobs that may still run, and were not asked for, a person is told.
   */
  async finish(): Promise<void> {
    this.#holds.finish((key) => this.#directories.isUsed(key));
    for (const directory of this.#jobs.takeDelivered()) this.#directories.putAside(directory);
    for (const directory of this.#directories.unused()) {
      const last = directory.submissions().at(-1);
      if (directory.outcome() !== undefined || last === undefined || last.end !== undefined) {
        await this.#jobs.takeIn(directory);
        if (last?.delivered === true) this.#directories.putAside(directory);
      } else {
        this.#jobs.warn(
          "not-called",
          `This run did not call ${directory.job.name} as an earlier one in this folder did, whose Slurm job ${last.jobId ?? last.slurmName} may still wait or run: ${directory.path} has its output, scancel ${last.jobId === undefined ? `--me --name=${last.slurmName}` : last.jobId} ends it`,
        );
      }
    }
  }

  counts(): readonly FunctionCounts[] {
    return this.#counts.snapshot();
  }

  whyWaiting(): null {
    return null;
  }

  news(): readonly RunEvent[] {
    for (const watched of this.#jobs.watched) watched.tellExpected();
    return [];
  }

  async drain(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Cancels the jobs that nobody waits for any more. */
  async end(): Promise<void> {
    this.#ended.abort(new Error("The program ended, and nobody waited for this job"));
    await this.drain();
  }

  get #programEnds(): boolean {
    return this.#jobs.env.signal.aborted || this.#ended.signal.aborted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await this.#jobs[Symbol.asyncDispose]();
  }

  #runJob({ fn, input, sbatchOptions, onFailure, signal }: JobRequest): Promise<JobValue> {
    const shared = { name: fn.name, call: { kind: "job" } as const, options: sbatchOptions, onFailure, signal };
    return "value" in input
      ? this.call({ ...shared, input: encodeValue(input.value) })
      : this.call({ ...shared, input: undefined, computeInput: async () => encodeValue(await input.compute()) });
  }

  /** Each function has a job of one node, with as many CPUs as its task. */
  #tasks(options: SbatchOptions, onFailure: OnFailure | undefined): TaskLauncher {
    const shape = (cpus: number): SbatchOptions => ({ nodes: 1, nTasksPerNode: 1, cpusPerTask: cpus, ...options });
    return {
      launch: async ({ cpus, options: taskOptions, signal }) =>
        new SlurmTaskWorker(async (name, input) => {
          const call = { kind: "function", taskCpus: cpus, taskOptions: ownOptions(taskOptions) } as const;
          return (await this.call({ name, call, input, options: shape(cpus), onFailure, signal })).value;
        }),
    };
  }
}

/** A node's name means nothing in another allocation, and waiting is Slurm's. */
const ownOptions = ({ node: _node, priority: _priority, ...options }: TaskOptions): TaskOptions => options;
