/** The live block of a terminal as lines: a headline, and a row for each function. Pure. */
import { functionColumns, isCutShort, isThrough, leftCalls, openCalls } from "./function-columns.ts";
import { clockText, countText, plural } from "./human-numbers.ts";
import type { FunctionProgress } from "../state/function-progress.ts";
import type { RunPhase, RunState } from "../state/run-state.ts";
import { paragraph } from "./paragraph.ts";
import { openJobsText, slurmJobLines } from "./slurm-job-lines.ts";
import { type StyledLine, lineWidth, type Span } from "./styled-line.ts";
import { textWidth, truncateText } from "./text-width.ts";
import { connectingText, isSilent, waitText } from "./wait-text.ts";

/** The room that a terminal has, in characters. */
export interface BlockSize {
  /** How wide a line may be. */
  readonly columns: number;
  /** How many lines there are. */
  readonly rows: number;
}

/** Wider than this, the clock would be far from everything else. */
const MAX_HEADLINE = 80;
const MAX_NAME = 32;
/** Rows of the terminal that the block leaves free. */
const FREE_ROWS = 4;
const MARK_WIDTH = 4;
/** Columns that go first when the terminal is narrow: reruns; waiting, which follows from the others; the rate. (The name is column 0.) */
const LESS_NEEDED = [5, 3, 6];

/** The block at a time. It has fewer lines than the terminal has rows; its lines may be wider than the terminal. */
export function liveLines(state: RunState, nowMs: number, { columns, rows }: BlockSize): readonly StyledLine[] {
  const question = state.question === null ? [] : paragraph("? ", state.question, "yellow");
  const room = Math.max(1, rows - FREE_ROWS - question.length);
  const functions = saysMoreThanJobs(state) ? state.functions : [];
  const shown = mostInteresting(functions, room);
  const hidden = functions.length - shown.length;
  return [
    headline(state, nowMs, Math.min(columns, MAX_HEADLINE)),
    ...functionRows(shown, state.phase, nowMs, columns),
    ...slurmJobLines(state, { columns, rows: room - shown.length, nowMs }),
    ...(hidden > 0 ? [[{ text: `  … and ${plural(hidden, "more function")}`, style: "dim" } as const]] : []),
    ...waitRow(state, nowMs),
    ...(state.remembered > 0
      ? [[{ text: "  ◆ ", style: "green" } as const, { text: `${plural(state.remembered, "result")} remembered` }]]
      : []),
    ...question,
  ];
}

/** A call that has its Slurm job is in the job's row. */
const saysMoreThanJobs = ({ functions, slurmJobs }: RunState): boolean =>
  functions.some(({ counts }) => counts.toCome !== 0) ||
  functions.reduce((sum, f) => sum + openCalls(f) + f.counts.done + f.counts.failed, 0) > slurmJobs.size;

function headline(state: RunState, nowMs: number, width: number): StyledLine {
  const clock = clockText((nowMs - state.startedAtMs) / 1_000);
  const ending = endingSpan(state);
  const room = width - lineWidth([{ text: `${state.programId}    ${clock}` }, ending]);
  const left: StyledLine = [
    { text: state.programId, style: "bold" },
    { text: `  ${state.slurmJobs.size > 0 ? openJobsText(state, nowMs, room) : nodesText(state)}` },
    ...(state.heldCalls.size === 0 ? [] : [{ text: `, ${heldText(state)}`, style: "yellow" } as const]),
    ending,
  ];
  return [
    ...left,
    { text: " ".repeat(Math.max(2, width - lineWidth(left) - clock.length)) },
    { text: clock, style: "dim" },
  ];
}

/** Those of Slurm jobs are among the jobs. */
const heldText = ({ heldCalls }: RunState): string => `${countText(heldCalls.size)} held`;

function nodesText({ nodes, nodesLost, connecting, countedAtMs, startedAtMs, functions }: RunState): string {
  const lost = nodesLost === 0 ? "" : ` (${plural(nodesLost, "node")} lost)`;
  const more = connecting === 0 ? "" : connectingText(connecting);
  if (nodes.size === 0 && more === "") {
    if (nodesLost > 0) return `no nodes${lost}`;
    if (countedAtMs <= startedAtMs) return "starting";
    // Also of a program on a login node, which has no nodes, while it makes its first Slurm job ready.
    return functions.some((f) => openCalls(f) > 0) ? "nothing runs yet" : "nothing was to be computed yet";
  }
  if (nodes.size === 0) return `${more}${lost}`;
  const cpus = [...nodes.values()].reduce((sum, cpus) => sum + cpus, 0);
  return `${plural(nodes.size, "node")}, ${plural(cpus, "CPU")}${lost}${more === "" ? "" : `, ${more}`}`;
}

/** Why no call runs, when none has run for a while. */
function waitRow(state: RunState, nowMs: number): readonly StyledLine[] {
  const text = isSilent(state, nowMs) && state.nodes.size > 0 ? waitText(state) : null;
  return text === null ? [] : [[{ text: `  … ${text}`, style: "dim" }]];
}

const endingSpan = ({ phase }: RunState): Span => ({
  text: phase.kind === "interrupted" ? `  ending after ${phase.signal}` : "",
  style: "yellow",
});

/** All of them if there is room, otherwise those with open calls and then the latest. In their own order. */
function mostInteresting(functions: readonly FunctionProgress[], room: number): readonly FunctionProgress[] {
  const latestFirst = functions.toReversed();
  const byInterest = [...latestFirst.filter((f) => openCalls(f) > 0), ...latestFirst.filter((f) => openCalls(f) === 0)];
  const chosen = new Set(byInterest.slice(0, room));
  return functions.filter((f) => chosen.has(f));
}

function functionRows(
  functions: readonly FunctionProgress[],
  phase: RunPhase,
  nowMs: number,
  columns: number,
): readonly StyledLine[] {
  const table = functions.map((f): StyledLine => [
    { text: truncateText(f.counts.name, MAX_NAME) },
    ...functionColumns(f, phase, nowMs),
  ]);
  const widths = fittingWidths(table, columns - MARK_WIDTH);
  return functions.map((f, i) => [markOf(f, phase, nowMs), ...alignedRow(table[i] ?? [], widths)]);
}

/** The width of each column; 0 for what is empty, and for what a narrow terminal has no room for. */
function fittingWidths(table: readonly StyledLine[], room: number): readonly number[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => textWidth(row[column]?.text ?? ""))),
  );
  for (const column of LESS_NEEDED) {
    if (widths.reduce((sum, width) => sum + (width === 0 ? 0 : width + 2), 0) - 2 <= room) break;
    widths[column] = 0;
  }
  return widths;
}

/** The name is flush left, the rest is flush right. */
function alignedRow(row: StyledLine, widths: readonly number[]): StyledLine {
  const last = row.findLastIndex(({ text }, column) => text !== "" && widths[column] !== 0);
  return row.slice(0, last + 1).flatMap((cell, column) => {
    const width = widths[column] ?? 0;
    if (width === 0) return [];
    const padding = { text: " ".repeat(width - textWidth(cell.text)) };
    return column === 0 ? [cell, padding] : [{ text: "  " }, padding, cell];
  });
}

function markOf(progress: FunctionProgress, phase: RunPhase, nowMs: number): Span {
  const { running, done, failed, toCome } = progress.counts;
  const hasLeft = leftCalls(progress) > 0 || toCome === null || progress.wasUncounted;
  if (phase.kind === "ended" && isCutShort(phase) && hasLeft)
    return failed > 0 ? { text: "  ✗ ", style: "red" } : { text: "  ■ ", style: "yellow" };
  if (running > 0) return { text: "  ▶ ", style: "green" };
  if (!isThrough(progress, phase, nowMs))
    return openCalls(progress) > 0 || done + failed === 0
      ? { text: "  ◌ ", style: "dim" }
      : { text: "  ▶ ", style: "green" };
  return failed > 0 ? { text: "  ✗ ", style: "red" } : { text: "  ✔ ", style: "green" };
}
