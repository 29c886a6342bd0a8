/**
 * What is known of a job that waits or runs, from one answer of Slurm's to the next. A reason may say None between two
 * rounds of the scheduler, so a new one counts when it was seen twice. A job that is not in an answer is only a question:
 * filters, another cluster or a controller with an old state hide jobs too. Pure.
 */
import { type JobPhase, jobPhase } from "@hyperion-ts/slurm-env";
import { type JobMeaning, jobMeaning } from "./job-words.ts";
import type { QueuedJob } from "./squeue-answer.ts";

/** A job as Slurm has shown it last. Times are in milliseconds since 1970, Slurm's on the controller's clock. */
export interface SeenJob {
  readonly kind: "seen";
  readonly phase: JobPhase;
  /** Slurm's word, such as `PENDING`. */
  readonly state: string;
  /** Slurm's reason for it; undefined where it says none, or a new one was seen only once. */
  readonly reason: string | undefined;
  /** Since when it is in this state: since it was submitted or began, or was first seen so. */
  readonly sinceMs: number;
  readonly nodes: readonly string[];
  /** How many it has, or asks for; undefined where Slurm has not told. */
  readonly cpus: number | undefined;
  readonly partition: string;
  /** When Slurm expects it to begin; undefined where it runs, or Slurm does not say. It changes without a word to listeners. */
  readonly startEstimateMs: number | undefined;
  /** How often it was put back into the queue, as far as was seen. */
  readonly restarts: number;
  /**
   * Whether Slurm has taken the node that runs its script out of the job (`--no-kill`): nothing runs, and only scancel
   * ends that before the time limit.
   */
  readonly abandoned: boolean;
  /** What all that means for a person. */
  readonly meaning: JobMeaning;
}

/** What was seen of a job, and what of it is not certain yet. */
export interface JobSight {
  readonly seen: SeenJob | undefined;
  /** The reason in the last answer. */
  readonly lastReason: string | undefined;
  /** It changes when the job is put back into the queue. */
  readonly submitTimeMs: number | undefined;
  /** Answers in a row that did not have the job. */
  readonly missing: number;
}

/** What one answer says of a job. */
export type SeenNow = Pick<
  QueuedJob,
  "state" | "reason" | "nodes" | "partition" | "batchHost" | "submitTimeMs" | "startTimeMs"
> & {
  /** Where squeue was asked. */
  readonly cpus?: number | undefined;
  /** As the controller counts, where it was asked. */
  readonly restarts?: number | undefined;
};

/** What is to be done after an answer: nothing; look again soon; or ask how the job has ended. */
export type OpenQuestion = "none" | "look-again" | "ask-end";

/** Nothing was seen yet. */
export const unseen: JobSight = { seen: undefined, lastReason: undefined, submitTimeMs: undefined, missing: 0 };

/** A job is asked for by itself after so many answers in a row that did not have it. */
const MISSING_ANSWERS = 2;

/** Takes in an answer; `now` is undefined where the job is not in it. */
export function takeIn(before: JobSight, now: SeenNow | undefined, nowMs: number): JobSight {
  if (now === undefined) return { ...before, missing: before.missing + 1 };
  const reason = now.reason === "" || now.reason === "None" ? undefined : now.reason;
  return {
    seen: seenJob(before, { ...now, reason }, nowMs),
    lastReason: reason,
    submitTimeMs: now.submitTimeMs ?? before.submitTimeMs,
    missing: 0,
  };
}

/** What `sight` leaves open. */
export function openQuestion({ seen, lastReason, missing }: JobSight): OpenQuestion {
  if (missing > 0) return missing < MISSING_ANSWERS ? "look-again" : "ask-end";
  if (seen?.phase.kind === "ended") return "ask-end";
  // A reason that changes nothing for a person can wait for the next look.
  const next = seen === undefined ? undefined : jobMeaning(seen.state, lastReason).change;
  return next === seen?.meaning.change || seen?.abandoned === true ? "none" : "look-again";
}

/** Whether a listener is told. */
export const looksDifferent = (before: SeenJob | undefined, now: SeenJob | undefined): boolean =>
  before?.state !== now?.state ||
  before?.reason !== now?.reason ||
  before?.restarts !== now?.restarts ||
  before?.abandoned !== now?.abandoned ||
  before?.nodes.join() !== now?.nodes.join();

type NowWithReason = Omit<SeenNow, "reason"> & { readonly reason: string | undefined };

function seenJob({ seen, lastReason, submitTimeMs }: JobSight, now: NowWithReason, nowMs: number): SeenJob {
  const { state, nodes, partition, batchHost, startTimeMs } = now;
  const isSame = seen?.state === state;
  const known = isSame && now.reason !== lastReason ? seen.reason : undefined;
  const reason = isSame && now.reason === lastReason ? now.reason : known;
  const phase = jobPhase(state);
  const requeued = submitTimeMs !== undefined && now.submitTimeMs !== undefined && submitTimeMs !== now.submitTimeMs;
  const abandoned =
    (state === "RUNNING" || state === "SUSPENDED") &&
    batchHost !== undefined &&
    nodes.length > 0 &&
    !nodes.includes(batchHost);
  return {
    kind: "seen",
    phase,
    state,
    reason,
    sinceMs: isSame && !requeued ? seen.sinceMs : (sinceMs(phase, now) ?? nowMs),
    nodes,
    cpus: now.cpus ?? seen?.cpus,
    partition,
    startEstimateMs: phase.kind === "pending" ? startTimeMs : undefined,
    restarts: now.restarts ?? (seen?.restarts ?? 0) + (requeued ? 1 : 0),
    abandoned,
    meaning: abandoned ? abandonedBy(batchHost) : jobMeaning(state, reason),
  };
}

/** As Slurm tells it. */
function sinceMs({ kind }: JobPhase, { submitTimeMs, startTimeMs }: NowWithReason): number | undefined {
  if (kind === "pending") return submitTimeMs;
  return kind === "running" ? startTimeMs : undefined;
}

const abandonedBy = (batchHost: string): JobMeaning => ({
  change: "person",
  sentence: `Its node ${batchHost}, which ran its script, is lost, and nothing of it runs any more: cancel it.`,
});
