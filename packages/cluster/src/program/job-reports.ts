/** What is told of the Slurm job of each call: an event when something of it has changed. */
import type { RunEvents } from "@hyperion-ts/job";
import { hasEnded, type SlurmJobCalls, type SlurmJobNews } from "@hyperion-ts/progress";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { SeenJob } from "../slurm/job-sight.ts";
import { callWords } from "./call-words.ts";

/** What has changed; the rest is as it was. */
export type JobChange = Partial<Omit<SlurmJobNews, "call" | "name" | "input" | "directory">>;

/** The jobs of one run of a program. */
export class JobReports {
  readonly #events: RunEvents;
  readonly #told = new Map<string, SlurmJobNews>();

  constructor(events: RunEvents) {
    this.#events = events;
  }

  /** Slurm's ids of the jobs that have not ended, as far as this run knows. */
  get open(): readonly number[] {
    return [...this.#told.values()].flatMap((news) =>
      hasEnded(news) || news.hold !== undefined ? [] : (news.jobId ?? []),
    );
  }

  /** What was told last of the job of a call; undefined where nothing was yet. */
  of(call: string): SlurmJobNews | undefined {
    return this.#told.get(call);
  }

  /** How many jobs have not ended, with those that are being submitted; a held call has none. */
  get openCount(): number {
    return [...this.#told.values()].filter((news) => !hasEnded(news) && news.hold === undefined).length;
  }

  /** Tells what has changed of a call's job, if anything has. A state says nothing of the one before it. */
  tell(directory: JobDirectory, change: JobChange): void {
    const { id, name } = directory.job;
    const before = this.#told.get(id);
    const known =
      before === undefined || before.input === ""
        ? { call: id, name, input: inputOf(directory), directory: directory.path }
        : before;
    const now = { ...NOTHING, ...before, ...known, ...(change.state === undefined ? {} : NO_WORDS), ...change };
    this.#told.set(id, now);
    if (before === undefined || differ(before, now)) this.#events.emit({ type: "slurm-job", ...now });
  }

  /** Tells how Slurm shows a call's job; of one whose end was told that is no news, as Slurm may be late. */
  seen(directory: JobDirectory, job: SeenJob): void {
    const before = this.#told.get(directory.job.id);
    if (before !== undefined && (hasEnded(before) || before.hold !== undefined)) return;
    const { phase, state, reason, sinceMs, nodes, cpus, meaning } = job;
    const shared = {
      nodes,
      cpus: cpus ?? null,
      forMs: Math.max(0, Date.now() - sinceMs),
      slurmState: state,
      change: meaning.change === "ended" ? null : meaning.change,
      startsAt: startOf(job),
    };
    // Slurm's word says all of a job that runs.
    const sentence = state === "RUNNING" ? null : meaning.sentence;
    if (meaning.change === "person")
      this.tell(directory, { ...shared, state: "held", reason: reason ?? null, sentence });
    else if (phase.kind === "pending" || phase.kind === "unknown")
      this.tell(directory, {
        ...shared,
        state: "waiting",
        reason: reason ?? null,
        sentence: reason === undefined ? null : sentence,
      });
    // One whose processes end has ended in a moment, or waits again.
    else if (phase.kind === "running") this.tell(directory, { ...shared, state: "running", sentence });
  }

  /** Tells when Slurm expects the job to begin: it says so a while after it has said why it waits, and again and again. */
  expected(directory: JobDirectory, job: SeenJob): void {
    const told = this.#told.get(directory.job.id);
    const startsAt = startOf(job);
    if ((told?.state === "waiting" || told?.state === "held") && isOtherStart(told.startsAt, startsAt))
      this.tell(directory, { startsAt });
  }

  /** Tells how far the job's own calls are, which its head says every few seconds. */
  counted(directory: JobDirectory, calls: SlurmJobCalls): void {
    if (this.#told.has(directory.job.id)) this.tell(directory, { calls });
  }
}

const NOTHING = {
  jobId: null,
  state: "submitting",
  reason: null,
  sentence: null,
  nodes: [],
  slurmState: null,
  change: null,
  startsAt: null,
  end: null,
  directory: null,
  cpus: null,
  calls: null,
  forMs: 0,
  hold: undefined,
} as const;
const NO_WORDS = {
  reason: null,
  sentence: null,
  slurmState: null,
  change: null,
  startsAt: null,
  end: null,
  forMs: 0,
  hold: undefined,
} as const;

/** Slurm's expectations move a little with each of its rounds, and each that is told stays in the log. */
function isOtherStart(before: string | null, now: string | null): boolean {
  if (before === null || now === null) return before !== now;
  const nowMs = Date.parse(now);
  return Math.abs(nowMs - Date.parse(before)) > Math.max(LEAST_SHIFT_MS, SHIFT_PART * (nowMs - Date.now()));
}

const LEAST_SHIFT_MS = 5 * 60_000;
const SHIFT_PART = 0.1;

/** In whole minutes. */
const startOf = ({ startEstimateMs }: SeenJob): string | null =>
  startEstimateMs === undefined ? null : new Date(60_000 * Math.ceil(startEstimateMs / 60_000)).toISOString();

/** Time goes on without a word. */
const differ = (before: SlurmJobNews, now: SlurmJobNews): boolean =>
  JSON.stringify({ ...before, forMs: 0 }) !== JSON.stringify({ ...now, forMs: 0 });

const inputOf = (directory: JobDirectory): string => {
  const input = directory.input();
  return input === undefined ? "" : callWords(input.value);
};
