/** Events of a run, written like a table: `at(SECONDS, EVENT)`. */
import type { CallFailureKind } from "../src/events/call-failure-kind.ts";
import type { CallWaitReason } from "../src/events/call-wait.ts";
import type { FunctionCounts, RunEvent, StampedEvent } from "../src/events/run-event.ts";
import type { SlurmJobCalls, SlurmJobNews } from "../src/events/slurm-job.ts";
import { eventLines } from "../src/texts/event-lines.ts";
import { nextRunState, NO_RUN, type RunState } from "../src/state/run-state.ts";
import { type StyledLine, paintLine } from "../src/texts/styled-line.ts";

/** When each story starts. */
export const startMs = Date.UTC(2026, 10, 1, 12);

export const at = (seconds: number, event: RunEvent): StampedEvent => ({
  at: new Date(startMs + seconds * 1_000),
  event,
});

export const after = (...events: readonly StampedEvent[]): RunState =>
  events.reduce((state, { event, at }) => nextRunState(state, event, at.getTime()), NO_RUN);

export const STARTED: RunEvent = {
  type: "run-started",
  programId: "q7RkW",
  database: "out/results.sqlite",
  logDir: "out/logs/2026-11/q7RkW",
};

export const nodeReady = (node: string, cpus: number, note: string | null = null): RunEvent => ({
  type: "node-ready",
  node,
  cpus,
  pinned: note === null,
  note,
});

export const nodeLost = (node: string, reason = "its agent is silent"): RunEvent => ({
  type: "node-lost",
  node,
  reason,
});

export const callFailed = (
  functionName: string,
  message = `${functionName} failed on n3 (CPU 2), attempt 1 of 1, after 0.3 s\n  RangeError: x must not be negative`,
  reason: CallFailureKind = "threw",
): RunEvent => ({
  type: "call-failed",
  functionName,
  node: "n3",
  attempt: 1,
  reason,
  message,
});

export const callRetried = (functionName: string): RunEvent => ({
  type: "call-retried",
  functionName,
  node: "n3",
  attempt: 1,
  why: "the worker was killed by SIGKILL",
});

export const counts = (
  functions: readonly Partial<FunctionCounts>[],
  remembered = 0,
  waitingFor: CallWaitReason | null = null,
): Extract<RunEvent, { type: "counts" }> => ({
  type: "counts",
  waitingFor,
  remembered,
  removed: 0,
  functions: functions.map((given) => ({
    name: "roots/bracket",
    waiting: 0,
    loading: 0,
    running: 0,
    done: 0,
    failed: 0,
    cancelled: 0,
    retried: 0,
    toCome: 0,
    ...given,
  })),
});

/** The Slurm job of the call `call`, which is `q7RkW-1` unless said otherwise. */
export const slurmJob = (news: Partial<SlurmJobNews> = {}): RunEvent => ({
  type: "slurm-job",
  call: "q7RkW-1",
  name: "roots/job",
  input: "n=2",
  jobId: 4711,
  state: "waiting",
  reason: null,
  sentence: null,
  nodes: [],
  slurmState: null,
  change: null,
  startsAt: null,
  end: null,
  directory: null,
  cpus: null,
  calls: null,
  forMs: 0,
  ...news,
});

/** Calls within a job. */
export const callsOfJob = (calls: Partial<SlurmJobCalls>): SlurmJobCalls => ({
  done: 0,
  failed: 0,
  running: 0,
  waiting: 0,
  remembered: 0,
  ...calls,
});

export const INTERRUPTED: RunEvent = { type: "run-interrupted", signal: "SIGINT", graceMs: 0 };

export const ended = (
  seconds: number,
  outcome: "done" | "failed" | "interrupted" = "done",
  message: string | null = null,
): RunEvent => ({ type: "run-ended", outcome, seconds, message });

/** The text of lines, without colours; cut to `columns` if given. */
export const textOf = (lines: readonly StyledLine[], columns: number | null = null): string =>
  lines.map((line) => paintLine(line, { columns, colour: false }).trimEnd()).join("\n");

/** All lines of a story, as they are kept. */
export function told(events: readonly StampedEvent[], live = false): string {
  let state = NO_RUN;
  const lines = [at(0, STARTED), ...events].flatMap((stamped) => {
    const before = state;
    state = nextRunState(before, stamped.event, stamped.at.getTime());
    return eventLines({ before, after: state }, stamped.event, live);
  });
  return `\n${textOf(lines)}\n`;
}
