/**
 * Cancels jobs and looks that they are gone. scancel says nothing of what became of them (it ends with 0 for jobs that
 * have ended, and for ids that were never there), so squeue is asked until they are gone. An id alone may be a stranger's
 * by now, or another program's: only jobs that Slurm shows with id and name are cancelled.
 */
import { randomUUID } from "node:crypto";
import { pause, steadyNowMs } from "@hyperion-ts/bounds";
import { type JobPhase, jobPhase } from "@hyperion-ts/slurm-env";
import { askSlurm } from "@hyperion-ts/slurm-env/commands";
import { type QueuedJob, readSqueueAnswer, squeueQuestion } from "./squeue-answer.ts";
import type { JobIdentity } from "./job-identity.ts";

/** How to cancel. */
export interface CancelOptions {
  readonly signal?: AbortSignal | undefined;
  /** When to give up. Default 120,000: a job may take KillWait (30 s) and more to end. */
  readonly timeLimitMs?: number;
  /** How Slurm's commands are run. Default `askSlurm`. */
  readonly ask?: typeof askSlurm;
}

/** What became of the jobs. */
export interface CancelledJobs {
  /** They have ended (whatever ended them), or Slurm knows them no more. */
  readonly gone: readonly JobIdentity[];
  readonly left: readonly LeftJob[];
}

/** A job that is not gone. */
export interface LeftJob extends JobIdentity {
  /** Slurm's word for its state when it was last seen; undefined where Slurm gave no answer about it. */
  readonly state: string | undefined;
}

/** So many ids are in one call of scancel. */
const IDS_AT_ONCE = 300;

/** In milliseconds: the pauses between two looks, and how long one command may take. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
const COMMAND_LIMIT_MS = 30_000;

/** What is there all the same after this, is cancelled again. */
const AGAIN_MS = 15_000;

/** How many answers in a row must be without a job. */
const MISSING_ANSWERS = 2;

/**
 * Cancels `jobs` with few commands, as often as it takes, and returns when all are gone, or the time is over. Whether
 * Slurm was away meanwhile does not matter.
 *
 * @throws the signal's reason; then some jobs may have been cancelled
 */
export async function cancelJobs(jobs: readonly JobIdentity[], options: CancelOptions = {}): Promise<CancelledJobs> {
  const { signal, timeLimitMs = 120_000, ask = askSlurm } = options;
  const untilMs = steadyNowMs() + timeLimitMs;
  const pending = jobs.map((job) => new Cancelling(job));
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(1.5 * pauseMs, LONGEST_PAUSE_MS)) {
    const limitMs = (): number => Math.max(1, Math.min(COMMAND_LIMIT_MS, untilMs - steadyNowMs()));
    const mark = randomUUID();
    const { code, stdout } = await ask(squeueQuestion(mark), { signal, timeLimitMs: limitMs() });
    signal?.throwIfAborted();
    if (code === 0) lookAt(pending, readSqueueAnswer(stdout, mark));
    if (pending.every(({ gone }) => gone) || steadyNowMs() >= untilMs) break;
    for (const some of chunks(pending.filter((job) => job.shouldCancel(steadyNowMs())))) {
      const ids = some.map(({ job }) => String(job.jobId));
      const answer = await ask(["scancel", ...ids], { signal, timeLimitMs: limitMs() });
      signal?.throwIfAborted();
      if (answer.code === 0) for (const job of some) job.cancelledAtMs = steadyNowMs();
    }
    await pause(Math.max(0, Math.min(pauseMs, untilMs - steadyNowMs())), signal);
  }
  return {
    gone: pending.filter(({ gone }) => gone).map(({ job }) => job),
    left: pending.filter(({ gone }) => !gone).map(({ job, state }) => ({ ...job, state })),
  };
}

/** A job on its way to its end. */
class Cancelling {
  readonly job: JobIdentity;
  state: string | undefined;
  phase: JobPhase["kind"] | undefined;
  missing = 0;
  cancelledAtMs = -Infinity;

  constructor(job: JobIdentity) {
    this.job = job;
  }

  get gone(): boolean {
    return this.phase === "ended" || this.missing >= MISSING_ANSWERS;
  }

  /** Not so one that ends already, nor one that Slurm has not shown: its id may be another's. */
  shouldCancel(nowMs: number): boolean {
    const goesOn = this.phase !== undefined && this.phase !== "ended" && this.phase !== "completing";
    return goesOn && this.missing === 0 && nowMs - this.cancelledAtMs >= AGAIN_MS;
  }
}

function lookAt(pending: readonly Cancelling[], shown: readonly QueuedJob[]): void {
  const byId = new Map(shown.map((job) => [job.id, job]));
  for (const each of pending.filter(({ gone }) => !gone)) {
    const now = byId.get(each.job.jobId);
    if (now?.name === each.job.name) {
      each.state = now.state;
      each.phase = jobPhase(now.state).kind;
      each.missing = 0;
    } else {
      each.missing += 1;
    }
  }
}

const chunks = (jobs: readonly Cancelling[]): readonly (readonly Cancelling[])[] =>
  Array.from({ length: Math.ceil(jobs.length / IDS_AT_ONCE) }, (_, i) =>
    jobs.slice(i * IDS_AT_ONCE, (i + 1) * IDS_AT_ONCE),
  );
