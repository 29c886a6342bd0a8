/** States of a job in words for the person who waits for it, and whether they will change by themselves. Pure. */
import { type JobPhase, jobPhase, type JobState } from "@hyperion-ts/slurm-env";
import { type WaitKind, waitReason } from "./wait-reasons.ts";

/** What a job does now. */
export interface JobMeaning {
  /** Whether that will change: as `WaitKind`, or `ended`, which never does. */
  readonly change: WaitKind | "ended";
  /** For a person; it begins with a capital letter and ends with a full stop. */
  readonly sentence: string;
}

/**
 * What a state means, with Slurm's reason for it, where that is known.
 *
 * @param state Slurm's word, such as `PENDING`; one that is not known is shown as it is, and is no end
 * @param reason such as `Resources`; undefined where nobody has told yet
 */
export function jobMeaning(state: string, reason: string | undefined): JobMeaning {
  const phase = jobPhase(state);
  if (phase.kind === "pending") return waits(state, phase, reason);
  const [change, sentence] = wordsOf(state);
  return phase.kind === "completing" && reason === "TimeLimit"
    ? { change, sentence: "It has come to its time limit, and is being ended." }
    : { change, sentence };
}

function waits(state: string, phase: Extract<JobPhase, { kind: "pending" }>, reason = "None"): JobMeaning {
  const { kind, sentence } = waitReason(reason);
  // What holds it may be in the state alone.
  if (phase.held && kind !== "person") {
    const [change, sentence] = wordsOf(state);
    return { change, sentence };
  }
  const beforeIt = state === "PENDING" ? "It waits in the queue" : wordsOf(state)[1].replace(/\.$/, "");
  return { change: kind, sentence: reason === "None" ? `${beforeIt}.` : `${beforeIt}. ${sentence}` };
}

type Words = readonly [change: JobMeaning["change"], sentence: string];

/** The first word counts, as in sacct's `CANCELLED by 1001`. */
const wordsOf = (state: string): Words =>
  new Map<string, Words>(Object.entries(WORDS)).get(state.split(" ", 1)[0] ?? "") ?? [
    "unknown",
    `Slurm says that it is "${state}": unknown what that means.`,
  ];

const WORDS = {
  PENDING: ["by-itself", "It waits in the queue."],
  EXPEDITING: ["by-itself", "It waits in the queue, before others."],
  REQUEUED: ["by-itself", "It was put back into the queue, and starts again."],
  REQUEUE_FED: ["by-itself", "It was put back into the queue by its federation of clusters."],
  REQUEUE_HOLD: ["person", "It was put back into the queue, and is held: `scontrol release` lets it go on."],
  RESV_DEL_HOLD: ["person", "Its reservation is gone, and it is held: `scontrol release` lets it go on."],
  SPECIAL_EXIT: [
    "person",
    "It was put back into the queue for a special exit status, and is held: `scontrol release` it.",
  ],
  CONFIGURING: ["by-itself", "It has its nodes, which are being made ready."],
  RUNNING: ["by-itself", "It runs."],
  RESIZING: ["by-itself", "It runs, and changes its size."],
  SIGNALING: ["by-itself", "It runs, and is being sent a signal."],
  STAGE_OUT: ["by-itself", "It has run, and its data are being copied from the burst buffer."],
  STOPPED: ["person", "Its processes are stopped: a signal (SIGCONT) lets them go on."],
  SUSPENDED: ["maybe", "It is suspended: Slurm or a person lets it go on (`scontrol resume`)."],
  COMPLETING: ["by-itself", "Its processes are being ended."],
  COMPLETED: ["ended", "It has run to its end."],
  FAILED: ["ended", "It has failed."],
  BOOT_FAIL: ["ended", "Its nodes could not be started."],
  CANCELLED: ["ended", "It was cancelled."],
  DEADLINE: ["ended", "Its deadline is over."],
  NODE_FAIL: ["ended", "A node of it was lost."],
  OUT_OF_MEMORY: ["ended", "It needed more memory than it had asked for."],
  PREEMPTED: ["ended", "It had to make room for a job with a higher priority."],
  REVOKED: ["ended", "Another cluster of the federation runs it."],
  TIMEOUT: ["ended", "It has come to its time limit."],
} as const satisfies Readonly<Record<JobState, Words>>;
