/**
 * The states of a job, by Slurm's words for them (squeue(1), "JOB STATE CODES", of 20.11 to 26.05), and what each means
 * for whoever waits. Slurm gets new ones: a word that is not known is never taken for an end. Pure.
 */

/** What a state means. */
export type JobPhase =
  /** It waits, or waits again; `held`: until a person releases it. */
  | { readonly kind: "pending"; readonly held: boolean }
  /** Nodes are its own: they boot, its processes run, or are stopped. */
  | { readonly kind: "running" }
  /** Its processes end. What comes then is not yet shown: its end, or another wait in the queue. */
  | { readonly kind: "completing" }
  /** No process of it is left. `byItself`: its program came to its own end, good or bad; else a person, a limit, a lost node or Slurm ended it. */
  | { readonly kind: "ended"; readonly byItself: boolean }
  /** A word that is not known here: it has not ended. */
  | { readonly kind: "unknown" };

const WAITS: JobPhase = { kind: "pending", held: false };
const IS_HELD: JobPhase = { kind: "pending", held: true };
const RUNS: JobPhase = { kind: "running" };
const ENDED_BY_ITSELF: JobPhase = { kind: "ended", byItself: true };
const WAS_ENDED: JobPhase = { kind: "ended", byItself: false };

const PHASES = {
  PENDING: WAITS,
  EXPEDITING: WAITS,
  REQUEUED: WAITS,
  REQUEUE_FED: WAITS,
  REQUEUE_HOLD: IS_HELD,
  RESV_DEL_HOLD: IS_HELD,
  SPECIAL_EXIT: IS_HELD,
  CONFIGURING: RUNS,
  RESIZING: RUNS,
  RUNNING: RUNS,
  SIGNALING: RUNS,
  STAGE_OUT: RUNS,
  STOPPED: RUNS,
  SUSPENDED: RUNS,
  COMPLETING: { kind: "completing" },
  COMPLETED: ENDED_BY_ITSELF,
  FAILED: ENDED_BY_ITSELF,
  BOOT_FAIL: WAS_ENDED,
  CANCELLED: WAS_ENDED,
  DEADLINE: WAS_ENDED,
  NODE_FAIL: WAS_ENDED,
  OUT_OF_MEMORY: WAS_ENDED,
  PREEMPTED: WAS_ENDED,
  REVOKED: WAS_ENDED,
  TIMEOUT: WAS_ENDED,
} as const satisfies Readonly<Record<string, JobPhase>>;

/** Slurm's word for the state of a job. */
export type JobState = keyof typeof PHASES;

/** All states that are known, by their words. */
export const jobStates: readonly JobState[] = Object.keys(PHASES).filter(isJobState);

/** What a state means; its word may have more behind it, as in sacct's `CANCELLED by 1001`. */
export function jobPhase(state: string): JobPhase {
  const [word = ""] = state.split(" ", 1);
  return isJobState(word) ? PHASES[word] : { kind: "unknown" };
}

function isJobState(word: string): word is JobState {
  return Object.hasOwn(PHASES, word);
}
