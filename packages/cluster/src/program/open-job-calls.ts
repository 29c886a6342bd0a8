/**
 * The calls of one run of a program that have not ended, each of them in a Slurm job of its own or on its way to one, as those see
 * them who ask over the control interface. What is told of the jobs is looked at only when somebody asks.
 */
import type { CallList, CallReport, OpenCalls, WaitReport } from "@hyperion-ts/job/program";
import { hasEnded, type SlurmJobNews } from "@hyperion-ts/progress";
import type { JobDirectory } from "../directory/job-directory.ts";
import { JobError } from "../job-error.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import { callWords } from "./call-words.ts";
import type { JobReports } from "./job-reports.ts";

/** A call that has begun. Disposing of it says that it has ended. */
export interface OpenJobCall extends Disposable {
  /** Aborts when a person cancels the call. */
  readonly signal: AbortSignal;
}

interface Begun {
  readonly directory: JobDirectory;
  readonly options: SbatchOptions;
  readonly sinceMs: number;
  readonly person: AbortController;
}

/** All of them, by the ids of their directories. */
export class OpenJobCalls implements OpenCalls {
  readonly #reports: JobReports;
  readonly #open = new Map<string, Begun>();

  constructor(reports: JobReports) {
    this.#reports = reports;
  }

  /** A call has begun, which asks Slurm for this. */
  begin(directory: JobDirectory, options: SbatchOptions): OpenJobCall {
    const { id } = directory.job;
    const person = new AbortController();
    this.#open.set(id, { directory, options, sinceMs: performance.now(), person });
    return { signal: person.signal, [Symbol.dispose]: () => void this.#open.delete(id) };
  }

  /** Those that run first, then the others, the oldest first. */
  list(most: number): CallList {
    const all = [...this.#open.values()].map((begun) => this.#reportOf(begun));
    const running = all.filter(({ stage }) => stage !== "waiting");
    const waiting = all.filter(({ stage }) => stage === "waiting");
    return { calls: [...running, ...waiting].slice(0, most), total: all.length };
  }

  /** By the id of the call, or of its Slurm job. */
  find(id: string): CallReport | undefined {
    const begun = this.#find(id);
    return begun === undefined ? undefined : this.#reportOf(begun);
  }

  /** The directory of an open call, by the id of the call or of its Slurm job. */
  directoryOf(id: string): JobDirectory | undefined {
    return this.#find(id)?.directory;
  }

  cancel(id: string): boolean {
    const begun = this.#find(id);
    begun?.person.abort(this.#cancelled(begun.directory));
    return begun !== undefined;
  }

  #find(id: string): Begun | undefined {
    const call = this.#open.get(id);
    if (call !== undefined) return call;
    return [...this.#open].find(([known]) => String(this.#reports.of(known)?.jobId) === id)?.[1];
  }

  #reportOf({ directory, options, sinceMs, person }: Begun): CallReport {
    const { id, name } = directory.job;
    const news = this.#reports.of(id);
    const isOpen = news !== undefined && !hasEnded(news);
    const stage = person.signal.aborted ? "ending" : isOpen && news.state === "running" ? "running" : "waiting";
    return {
      id,
      functionName: name,
      stage,
      forSeconds: (performance.now() - sinceMs) / 1_000,
      attempt: null,
      cpus: news?.cpus ?? askedCpus(options),
      node: isOpen && news.nodes.length > 0 ? news.nodes.join(" ") : null,
      cpuIds: [],
      logFile: isOpen && news.jobId !== null ? directory.output : null,
      waiting: waitOf(stage, isOpen ? news : undefined),
      input: news?.input ?? inputWords(directory),
      slurmJob: isOpen ? news.jobId : null,
    };
  }

  #cancelled({ job, path }: JobDirectory): JobError {
    const site = { name: job.name, jobId: this.#reports.of(job.id)?.jobId ?? 0, submissions: 1, directory: path };
    return new JobError({ kind: "cancelled" }, site, "a person has cancelled it (hyperion cancel)");
  }
}

/** As many as it asks for, before Slurm has told how many that is. */
const askedCpus = ({ nodes, nTasksPerNode, cpusPerTask }: SbatchOptions): number => {
  const leastNodes = typeof nodes === "object" ? nodes?.min : nodes;
  return (leastNodes ?? 1) * (nTasksPerNode ?? 1) * (cpusPerTask ?? 1);
};

const inputWords = (directory: JobDirectory): string | null => {
  const input = directory.input();
  return input === undefined ? null : callWords(input.value);
};

function waitOf(stage: CallReport["stage"], news: SlurmJobNews | undefined): WaitReport | null {
  if (stage === "running") return null;
  if (stage === "ending")
    return because("its Slurm job is being cancelled", "Slurm has it no more: two minutes at most are waited for that");
  if (news === undefined)
    return because(
      "it has no Slurm job yet: the program may have no more at a time (maxSlurmJobs), or prepares it",
      "one of the program's Slurm jobs has ended; with a larger maxSlurmJobs it would be submitted sooner",
    );
  if (news.jobId === null) return because(news.sentence ?? "its Slurm job is being submitted", "Slurm has taken it");
  const reason = news.reason === null ? "" : ` (${news.reason})`;
  return because(`Slurm job ${news.jobId} ${news.state === "held" ? "is held" : "waits"}${reason}`, untilOf(news));
}

const untilOf = ({ change }: SlurmJobNews): string =>
  change === "person" ? "a person does something; no limit" : "Slurm starts it; no limit";

const because = (text: string, until: string): WaitReport => ({ reason: null, text, until });
