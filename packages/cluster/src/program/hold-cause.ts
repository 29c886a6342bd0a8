/** Why a call of a job failed, as far as it matters for what would help. */
import { JobError } from "../job-error.ts";
import { NotSubmittedError } from "../not-submitted-error.ts";
import { SubmissionError } from "../sbatch/submission-error.ts";

/** The failures of a call that wait for a person: what ends a program (an interruption, a snapshot that can't be made) is none. */
export type CallFailure = JobError | SubmissionError | NotSubmittedError;

/** Whether it is one. */
export const isCallFailure = (error: unknown): error is CallFailure =>
  error instanceof JobError || error instanceof SubmissionError || error instanceof NotSubmittedError;

/** What failed. */
export type HoldCause =
  | { readonly kind: "out-of-memory" }
  | { readonly kind: "out-of-time" }
  /** Its node failed, or it did not begin there; undefined: it may have been any of several. */
  | { readonly kind: "node-failed" | "not-begun"; readonly node: string | undefined }
  /** Slurm does not take it, for which words. */
  | { readonly kind: "refused"; readonly words: string }
  /** Others like it failed before they had begun. */
  | { readonly kind: "not-submitted" }
  /** The program's own code threw an error of that name. */
  | { readonly kind: "threw"; readonly name: string; readonly message: string }
  /** Any other end of its Slurm job, by the word for it. */
  | { readonly kind: "ended"; readonly how: string };

/** What failed; `hasBegun`: its head has reported. */
export function causeOf(error: CallFailure, hasBegun: boolean): HoldCause {
  if (error instanceof SubmissionError) return { kind: "refused", words: error.words };
  if (error instanceof NotSubmittedError) return { kind: "not-submitted" };
  const { failure } = error;
  switch (failure.kind) {
    case "threw":
      return isOutOfMemory(error.cause) ? { kind: "out-of-memory" } : thrownCause(error.cause);
    case "time-is-up":
      return { kind: "out-of-time" };
    case "cancelled":
      return { kind: "ended", how: "cancelled" };
    case "given-up":
      return { kind: "ended", how: failure.reason };
    case "ended":
      break;
    default:
      return failure satisfies never;
  }
  const { end } = failure;
  const [only, ...others] = end.nodes;
  const node = others.length === 0 ? only : undefined;
  switch (end.kind) {
    case "out-of-memory":
      return { kind: "out-of-memory" };
    case "timed-out":
      return { kind: "out-of-time" };
    case "node-failed":
      return { kind: "node-failed", node: end.failedNodes.length === 1 ? end.failedNodes[0] : node };
    case "boot-failed":
      return { kind: "node-failed", node };
    case "failed":
      // The first one runs the script.
      return hasBegun ? { kind: "ended", how: end.kind } : { kind: "not-begun", node: only };
    default:
      return { kind: "ended", how: end.kind };
  }
}

/** One word that is the same for equal failures. */
export function reasonOf(cause: HoldCause): string {
  switch (cause.kind) {
    case "threw":
      return `threw-${cause.name}`;
    case "ended":
      return cause.how;
    default:
      return cause.kind;
  }
}

/** It in a clause; `node`: where it was. */
export function summaryOf(cause: HoldCause, node: string | null): string {
  const on = node === null ? "" : ` on ${node}`;
  switch (cause.kind) {
    case "refused":
      return `refused by Slurm: ${cause.words}`;
    case "threw":
      return `${cause.name}: ${cause.message}`;
    case "not-submitted":
      return "not submitted, as others like it failed before they had begun";
    case "not-begun":
      return `failed${on} before it had begun`;
    default:
      return `${reasonOf(cause).replaceAll("-", " ")}${on}`;
  }
}

function thrownCause(thrown: unknown): Extract<HoldCause, { readonly kind: "threw" }> {
  if (!(thrown instanceof Error)) return { kind: "threw", name: "value", message: String(thrown) };
  const { name, message } = rootOf(thrown);
  return { kind: "threw", name, message };
}

/** Errors of a job come as data: the class is gone, the fields are there. */
interface CallErrorFields {
  readonly reason?: { readonly kind?: string; readonly death?: { readonly kind?: string } };
}

const MOST_CAUSES = 16;

/** Whether a worker died because memory was used up, or a call was ended for it. */
function isOutOfMemory(thrown: unknown, depth = 0): boolean {
  if (!(thrown instanceof Error) || depth > MOST_CAUSES) return false;
  const { reason } = thrown as CallErrorFields;
  if (reason?.death?.kind === "out-of-memory" || reason?.kind === "over-memory") return true;
  return isOutOfMemory(thrown.cause, depth + 1);
}

const rootOf = (error: Error, depth = 0): Error =>
  error.cause instanceof Error && depth < MOST_CAUSES ? rootOf(error.cause, depth + 1) : error;
