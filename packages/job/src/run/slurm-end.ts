/**
 * When Slurm will end this job, and how long running calls may go on after a signal. The environment tells the end as it
 * was known at the job's start (from Slurm 23.02 on); the controller knows what has become of it since: a changed time
 * limit, scancel, preemption. So it is asked again when it matters. Its times are on its own clock, which is compared with ours.
 */
import type { Allocation, JobDetails } from "@hyperion-ts/slurm-env";
import { steadyNowMs } from "../steady-clock.ts";
import { askJobDetails } from "./ask-job-details.ts";
import { askSlurmClock } from "./ask-slurm-clock.ts";
import type { SignalGrace } from "./interruption.ts";

/** Slurm sends SIGKILL so long after SIGTERM (KillWait of slurm.conf, by default 30 s); ending takes a while too. */
const END_GRACE_MS = 20_000;
/** So much is left of a job when its running calls are ended. */
const LAST_MS = 10_000;
/** A controller that does not answer must not use up the time that is left. */
const ASKING_LIMIT_MS = 5_000;

/** The end of a job, as far as it is known by now. */
export class SlurmEnd {
  readonly #allocation: Allocation;
  /** On the controller's clock. */
  #endTimeMs: number | undefined;
  /** How far that is ahead of ours, as far as it is known. */
  #aheadMs = 0;

  constructor(allocation: Allocation) {
    this.#allocation = allocation;
    this.#endTimeMs = allocation.endTimeMs;
  }

  /** On `steadyNowMs`'s clock; undefined where the job has no limit, or nobody has told. */
  get timeMs(): number | undefined {
    return this.#endTimeMs === undefined ? undefined : this.#endTimeMs - this.#aheadMs;
  }

  /** Takes in what the controller says. */
  learn(details: JobDetails): void {
    if (details.state !== undefined) this.#endTimeMs = details.endTimeMs;
  }

  /** Asks the controller what time it has. */
  async compareClocks(signal?: AbortSignal): Promise<void> {
    this.#aheadMs = (await askSlurmClock({ timeLimitMs: ASKING_LIMIT_MS, signal })) ?? this.#aheadMs;
  }

  /** The job's state as the controller sees it now; undefined where it does not say. */
  async ask(signal?: AbortSignal): Promise<string | undefined> {
    try {
      const [details] = await Promise.all([askJobDetails(this.#allocation, { timeLimitMs: ASKING_LIMIT_MS, signal }), this.compareClocks(signal)]);
      this.learn(details);
      return details.state;
    } catch {
      return undefined;
    }
  }
}

/**
 * Ctrl-C ends a run at once. The signals that `sbatch --signal` asks for come before the end: running calls have until
 * then. SIGTERM comes with scancel and at the time limit, shortly before SIGKILL; but while the job goes on for Slurm, it
 * is a warning too (`--signal=B:TERM@600`, preemption).
 */
export function slurmSignals(end: SlurmEnd, endGraceMs = END_GRACE_MS): SignalGrace {
  const graceAfter = async (isEnd: (state: string | undefined) => boolean, signal: AbortSignal): Promise<number> => {
    const cameMs = performance.now();
    const state = await end.ask(signal);
    const leastMs = Math.max(0, endGraceMs - (performance.now() - cameMs));
    return isEnd(state) ? leastMs : Math.max(leastMs, (end.timeMs ?? 0) - steadyNowMs() - LAST_MS);
  };
  const warning = (signal: AbortSignal): Promise<number> => graceAfter(isEnding, signal);
  return { SIGINT: () => 0, SIGHUP: () => 0, SIGTERM: (signal) => graceAfter((state) => !goesOn.has(state ?? ""), signal), SIGUSR1: warning, SIGUSR2: warning };
}

const isEnding = (state: string | undefined): boolean => state === "COMPLETING";

/** Of squeue(1), "JOB STATE CODES": those of jobs that Slurm does not end just now. */
const goesOn = new Set(["CONFIGURING", "RESIZING", "RUNNING", "SIGNALING", "STAGE_OUT", "STOPPED", "SUSPENDED"]);
