/**
 * The event log, read back. A program that was killed, or a full disk, leaves a part of a line, and a later version of
 * these packages may write events that this one does not know: such lines are left out, the others tell what they told. Pure.
 */
import type { CallWaitReason } from "./call-wait.ts";
import type { RunEvent, StampedEvent } from "./run-event.ts";

/** The events of a log's text (`events.jsonl`), in order; lines that are no event of this version are left out. */
export const parseEventLog = (text: string): readonly StampedEvent[] =>
  text.split("\n").flatMap((line) => eventOf(line) ?? []);

function eventOf(line: string): StampedEvent | undefined {
  const value = jsonOf(line);
  if (!isLogged(value)) return undefined;
  const { at, ...event } = value;
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? undefined
    : { at: date, event: event.type === "counts" ? completed(event) : event };
}

/** Earlier versions did not tell calls that load from those that run, nor how many results were removed, and had another word for an earmarked node. */
const completed = (counts: Extract<RunEvent, { type: "counts" }>): RunEvent => ({
  ...counts,
  functions: counts.functions.map((each) => ({ ...each, loading: each.loading ?? 0 })),
  removed: counts.removed ?? 0,
  waitingFor: renamed(counts.waitingFor),
});

const renamed = (reason: CallWaitReason | null): CallWaitReason | null =>
  (reason?.kind as string | undefined) === "claims" ? ({ ...reason, kind: "earmarked" } as CallWaitReason) : reason;

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What `logEvents` wrote is told by its type: the log is a file of the user's own. */
const isLogged = (value: unknown): value is RunEvent & { readonly at: string } =>
  typeof value === "object" &&
  value !== null &&
  "at" in value &&
  typeof value.at === "string" &&
  "type" in value &&
  typeof value.type === "string" &&
  Object.hasOwn(TYPES, value.type);

const TYPES: Readonly<Record<RunEvent["type"], true>> = {
  "run-started": true,
  "nodes-connecting": true,
  "node-ready": true,
  "node-left-out": true,
  "node-lost": true,
  "node-limited": true,
  "worker-started": true,
  "worker-ended": true,
  "worker-not-started": true,
  "call-failed": true,
  "call-held": true,
  "call-released": true,
  "call-over-memory": true,
  "call-retried": true,
  "call-ended": true,
  counts: true,
  "other-code": true,
  "old-code": true,
  "slurm-job": true,
  "slurm-notice": true,
  "slurm-silent": true,
  "slurm-answers": true,
  question: true,
  log: true,
  "run-interrupted": true,
  "run-ended": true,
};
