/** A record as a screen of text: the block that the run itself shows on a terminal, what it is, and what failed last. Pure. */
import {
  type BlockSize,
  describeCallWait,
  durationText,
  liveLines,
  paintLine,
  plural,
  type StyledLine,
} from "@hyperion-ts/progress";
import { commandText } from "./command-text.ts";
import type { FailureReport } from "./control-answers.ts";
import type { RunRecord } from "./run-record.ts";
import { reportTime, type ReportContext } from "./run-report.ts";

/** How the text is written. */
export interface TextOptions extends BlockSize {
  /** Whether it has colours. */
  readonly colour: boolean;
}

const MAX_FAILURES = 3;
/** So many lines around the block. */
const FRAME_ROWS = 8;

/** The text, with a newline at its end. */
export function statusText(record: RunRecord, context: ReportContext, { columns, rows, colour }: TextOptions): string {
  const atMs = reportTime(record, context.nowMs, context.lost);
  const lines = [
    ...programLines(context),
    ...liveLines(record.state, atMs, { columns, rows: Math.max(6, rows - FRAME_ROWS) }),
    ...waitLines(record, context),
    ...failureLines(record),
    ...endLines(record, context, atMs),
    ...placeLines(context),
  ];
  return lines.map((line) => `${paintLine(line, { columns, colour })}\n`).join("");
}

function programLines({ run }: ReportContext): readonly StyledLine[] {
  if (!("host" in run)) return [];
  const { command, host, pid, startedAt } = run;
  return [
    [{ text: commandText(command), style: "bold" }],
    [{ text: `process ${pid} on ${host}, since ${startedAt.slice(0, 16).replace("T", " ")} UTC`, style: "dim" }],
  ];
}

/** While calls run, those behind them wait for their CPUs; a person who asks wants to hear it all the same. */
function waitLines(
  { state: { waitingFor, phase, idleSinceMs } }: RunRecord,
  { lost }: ReportContext,
): readonly StyledLine[] {
  const isShown = waitingFor !== null && idleSinceMs === null && phase.kind !== "ended" && !lost;
  return isShown ? [[{ text: `  … the next one waits: ${describeCallWait(waitingFor)}`, style: "dim" }]] : [];
}

function failureLines({ failures, failed }: RunRecord): readonly StyledLine[] {
  const shown = failures.slice(-MAX_FAILURES);
  const more = failed - shown.length;
  return [
    ...shown.map((failure): StyledLine => [{ text: `  ${failure.id} `, style: "red" }, { text: shortText(failure) }]),
    ...(more > 0 ? [[{ text: `  … and ${plural(more, "earlier failure")}`, style: "dim" } as const]] : []),
  ];
}

/** `roots/bracket on n3: RangeError: x must not be negative`. The first line of the message says where, and the next one what. */
function shortText({ functionName, node, message }: FailureReport): string {
  const [first = "", second = first] = message.split("\n", 2);
  return `${functionName}${node === "" ? "" : ` on ${node}`}: ${second.trim()}`;
}

function endLines(
  { state, lastMs }: RunRecord,
  { lost, nowMs, toldBy }: ReportContext,
  atMs: number,
): readonly StyledLine[] {
  const seconds = durationText(Math.max(0, atMs - state.startedAtMs) / 1_000);
  const ago = `${durationText(Math.max(0, nowMs - lastMs) / 1_000)} ago`;
  if (lost)
    return [[{ text: `killed: it was heard of last ${ago}`, style: "red" }, { text: "; run it again to go on" }]];
  if (state.phase.kind !== "ended")
    return toldBy === "program" ? [] : [[{ text: `as its log has it: it was heard of last ${ago}`, style: "yellow" }]];
  const { outcome } = state.phase;
  const style = outcome === "done" ? "green" : outcome === "failed" ? "red" : "yellow";
  return [[{ text: `${outcome} after ${seconds}`, style }, { text: `, ${ago}` }]];
}

const placeLines = ({ run: { database, logDir } }: ReportContext): readonly StyledLine[] => [
  [{ text: `results  ${database}`, style: "dim" }],
  [{ text: `logs     ${logDir}`, style: "dim" }],
];
