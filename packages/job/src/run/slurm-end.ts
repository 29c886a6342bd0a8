/**
 * When Slurm will end this job, and how long running calls may go on after a signal. The environment tells the end as it
 * was known at the job's start (from Slurm 23.02 on); the controller knows what has become of it since: a changed time
 * limit, scancel, preemption. So it is asked again when it matters. Its times are on its own clock, which is compared with ours.
 */
import { type Allocation, type JobDetails, jobPhase } from "@hyperion-ts/slurm-env";
import { steadyNowMs } from "@hyperion-ts/bounds";
import { askJobDetails } from "./ask-job-details.ts";
import { askSlurmClock } from "./ask-slurm-clock.ts";
import type { Grace, SignalGrace } from "./interruption.ts";
import { END_GRACE_MS } from "./slurm-times.ts";

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
  #isTimeout = false;

  constructor(allocation: Allocation) {
    this.#allocation = allocation;
    this.#endTimeMs = allocation.endTimeMs;
  }

  /** On `steadyNowMs`'s clock; undefined where the job has no limit, or nobody has told. */
  get timeMs(): number | undefined {
    return this.#endTimeMs === undefined ? undefined : this.#endTimeMs - this.#aheadMs;
  }

  /** Whether the job has come to its time limit. */
  get isTimeout(): boolean {
    return this.#isTimeout;
  }

  /** Takes in what the controller says. */
  learn({ state, reason, endTimeMs }: JobDetails): void {
    if (state === undefined) return;
    this.#endTimeMs = endTimeMs;
    this.#isTimeout = reason === "TimeLimit";
  }

  /** Asks the controller what time it has. */
  async compareClocks(signal?: AbortSignal): Promise<void> {
    this.#aheadMs = (await askSlurmClock({ timeLimitMs: ASKING_LIMIT_MS, signal })) ?? this.#aheadMs;
  }

  /** The job's state as the controller sees it now; undefined where it does not say. */
  async ask(signal?: AbortSignal): Promise<string | undefined> {
    try {
      const [details] = await Promise.all([
        askJobDetails(this.#allocation, { timeLimitMs: ASKING_LIMIT_MS, signal }),
        this.compareClocks(signal),
      ]);
      this.learn(details);
      return details.state;
    } catch {
      this.#isTimeout = this.timeMs !== undefined && steadyNowMs() >= this.timeMs;
      return undefined;
    }
  }
}

/**
 * Ctrl-C ends a run at once. The signals that `sbatch --signal` asks for come before the end: running calls have until
 * then. SIGTERM comes with scancel and at the time limit, shortly before SIGKILL; but while the job goes on for Slurm, it
 * is a warning too (`--signal=B:TERM@600`, preemption). A job that Slurm ends before its time limit is not wanted any more.
 */
export function slurmSignals(end: SlurmEnd, endGraceMs = END_GRACE_MS): SignalGrace {
  const graceMs = async (
    isEnd: (state: string | undefined) => boolean,
    signal: AbortSignal,
  ): Promise<{ readonly ms: number; readonly isEnd: boolean }> => {
    const cameMs = performance.now();
    const state = await end.ask(signal);
    const leastMs = Math.max(0, endGraceMs - (performance.now() - cameMs));
    return isEnd(state)
      ? { ms: leastMs, isEnd: true }
      : { ms: Math.max(leastMs, (end.timeMs ?? 0) - steadyNowMs() - LAST_MS), isEnd: false };
  };
  const warned = async (signal: AbortSignal): Promise<Grace> => ({
    ms: (await graceMs(isEnding, signal)).ms,
    timeIsUp: true,
  });
  const told = async (signal: AbortSignal): Promise<Grace> => {
    const { ms, isEnd } = await graceMs((state) => jobPhase(state ?? "").kind !== "running", signal);
    return { ms, timeIsUp: !isEnd || end.isTimeout };
  };
  return { SIGINT: () => "none", SIGHUP: () => "none", SIGTERM: told, SIGUSR1: warned, SIGUSR2: warned };
}

const isEnding = (state: string | undefined): boolean => jobPhase(state ?? "").kind === "completing";
