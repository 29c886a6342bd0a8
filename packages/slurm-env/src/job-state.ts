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

const waits: JobPhase = { kind: "pending", held: false };
const isHeld: JobPhase = { kind: "pending", held: true };
const runs: JobPhase = { kind: "running" };
const endedByItself: JobPhase = { kind: "ended", byItself: true };
const wasEnded: JobPhase = { kind: "ended", byItself: false };

const phases = {
  PENDING: waits,
  EXPEDITING: waits,
  REQUEUED: waits,
  REQUEUE_FED: waits,
  REQUEUE_HOLD: isHeld,
  RESV_DEL_HOLD: isHeld,
  SPECIAL_EXIT: isHeld,
  CONFIGURING: runs,
  RESIZING: runs,
  RUNNING: runs,
  SIGNALING: runs,
  STAGE_OUT: runs,
  STOPPED: runs,
  SUSPENDED: runs,
  COMPLETING: { kind: "completing" },
  COMPLETED: endedByItself,
  FAILED: endedByItself,
  BOOT_FAIL: wasEnded,
  CANCELLED: wasEnded,
  DEADLINE: wasEnded,
  NODE_FAIL: wasEnded,
  OUT_OF_MEMORY: wasEnded,
  PREEMPTED: wasEnded,
  REVOKED: wasEnded,
  TIMEOUT: wasEnded,
} as const satisfies Readonly<Record<string, JobPhase>>;

/** Slurm's word for the state of a job. */
export type JobState = keyof typeof phases;

/** All states that are known, by their words. */
export const jobStates: readonly JobState[] = Object.keys(phases).filter(isJobState);

/** What a state means; its word may have more behind it, as in sacct's `CANCELLED by 1001`. */
export function jobPhase(state: string): JobPhase {
  const [word = ""] = state.split(" ", 1);
  return isJobState(word) ? phases[word] : { kind: "unknown" };
}

function isJobState(word: string): word is JobState {
  return Object.hasOwn(phases, word);
}
