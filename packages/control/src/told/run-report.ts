/** A record as the answer to "how far is it?". Pure. */
import { callRate, describeCallWait, type FunctionProgress, meanCallRate } from "@hyperion-ts/progress";
import type { FunctionReport, RunReport } from "./control-answers.ts";
import type { RunRecord } from "./run-record.ts";

/** What a report is of, and who makes it. */
export interface ReportContext {
  /** Which run. */
  readonly run: RunReport["run"];
  /** Who knows. */
  readonly toldBy: RunReport["toldBy"];
  /** Whether it was killed: nobody wrote down its end. */
  readonly lost: boolean;
  /** Now, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** The report of a run at a moment; of one that has ended, at its end. */
export function runReport(record: RunRecord, { run, toldBy, lost, nowMs }: ReportContext): RunReport {
  const { state } = record;
  const atMs = reportTime(record, nowMs, lost);
  const goesOn = state.phase.kind !== "ended" && !lost;
  return {
    version: 1,
    run,
    toldBy,
    phase: lost ? { kind: "lost" } : state.phase,
    seconds: Math.max(0, atMs - state.startedAtMs) / 1_000,
    functions: state.functions.map((progress) => functionReport(progress, goesOn, atMs)),
    remembered: state.remembered,
    removed: state.removed,
    waiting:
      state.waitingFor === null || !goesOn
        ? null
        : { reason: state.waitingFor, text: describeCallWait(state.waitingFor) },
    nodes: goesOn ? [...state.nodes].map(([name, cpus]) => ({ name, cpus })) : [],
    nodesConnecting: goesOn ? state.connecting : 0,
    nodesLost: state.nodesLost,
    workers: goesOn ? record.workerCounts : { ...record.workerCounts, living: 0 },
    slurmJobs: [...state.slurmJobs.values()].map(({ news, sinceAtMs }) => ({
      ...news,
      forSeconds: Math.max(0, atMs - sinceAtMs) / 1_000,
    })),
    failures: record.failed,
  };
}

/** The moment that a report is of: now, or when the run was heard of last. */
export const reportTime = ({ state, lastMs }: RunRecord, nowMs: number, lost: boolean): number =>
  state.phase.kind === "ended" || lost ? lastMs : nowMs;

function functionReport({ counts, samples }: FunctionProgress, goesOn: boolean, atMs: number): FunctionReport {
  const perSecond = goesOn ? callRate(samples, atMs) : meanCallRate(samples);
  const { waiting, loading, running, toCome } = counts;
  const left = toCome === null ? null : waiting + loading + running + toCome;
  return { ...counts, perSecond, secondsLeft: left === null || perSecond === 0 || !goesOn ? null : left / perSecond };
}
