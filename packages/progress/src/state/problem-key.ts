/** Which problems are of one kind. */
import type { RunEvent } from "../events/run-event.ts";

/** Problems with the same key are of one kind: after a few, more of them say nothing new. Null: not a problem, or each one counts. */
export function problemKey(event: RunEvent): string | null {
  switch (event.type) {
    case "call-failed":
    case "call-held":
    case "call-retried":
    case "call-over-memory":
      return `${event.type} ${event.functionName}`;
    case "worker-not-started":
      return event.type;
    case "worker-ended":
      return event.blame === undefined ? null : event.type;
    case "node-ready":
      return event.note === null ? null : "note";
    case "slurm-notice":
      return `${event.type} ${event.kind}`;
    case "slurm-job":
      return slurmProblem(event);
    default:
      return null;
  }
}

/** Counts are told again and again, what waits in the queue says why: neither is a problem. */
const slurmProblem = ({ type, state, name, sentence }: Extract<RunEvent, { type: "slurm-job" }>): string | null =>
  state === "failed" || ((state === "submitting" || state === "held") && sentence !== null)
    ? `${type} ${state} ${name}`
    : null;
