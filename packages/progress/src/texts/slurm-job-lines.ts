/** The rows of Slurm jobs in the live block: those that are open, and those that ended last. Pure. */
import { hasEnded, type SlurmJobState } from "../events/slurm-job.ts";
import { callRate, meanCallRate } from "../state/call-rate.ts";
import type { RunState } from "../state/run-state.ts";
import type { SlurmJobProgress } from "../state/slurm-jobs.ts";
import { clockText, countText, durationText, plural, rateText, timeLeftText } from "./human-numbers.ts";
import type { Span, StyledLine } from "./styled-line.ts";
import { textWidth, truncateText } from "./text-width.ts";

/** The room for the rows. */
export interface JobRoom {
  /** How wide a line may be. */
  readonly columns: number;
  /** How many lines there are. */
  readonly rows: number;
  readonly nowMs: number;
}

const MARK_WIDTH = 4;
const MAX_CALL = 28;
const MAX_NODES = 16;
/** So many jobs that have ended are shown beside those that are open. */
const MAX_ENDED = 5;
/** From fewer calls nothing can be told about the others. */
const FEW = 2;
/** A wait that is longer is told. */
const LONG_MS = 60_000;
/** What a narrow terminal has no room for goes in this order: the rate, the nodes. */
const LESS_NEEDED = [4, 3];

/** `3 Slurm jobs, 6 nodes`: those that are open, and what they have. */
export function openJobsText({ slurmJobs, slurmSilentSinceMs }: RunState, nowMs: number): string {
  const open = [...slurmJobs.values()].filter(({ news }) => !hasEnded(news));
  const nodes = open.reduce((sum, { news }) => sum + (news.state === "running" ? news.nodes.length : 0), 0);
  const what = open.length === 0 ? "no Slurm job is open" : plural(open.length, "Slurm job");
  const silent =
    slurmSilentSinceMs === null
      ? ""
      : `, no answer from Slurm for ${durationText((nowMs - slurmSilentSinceMs) / 1_000)}`;
  return `${what}${nodes === 0 ? "" : `, ${plural(nodes, "node")}`}${silent}`;
}

/** A row for each job that there is room for: those first that a person should look at. */
export function slurmJobLines(state: RunState, room: JobRoom): readonly StyledLine[] {
  const jobs = [...state.slurmJobs.values()];
  const wanted = mostInteresting(jobs, jobs.length);
  const shown = wanted.size <= room.rows ? wanted : mostInteresting(jobs, Math.max(0, room.rows - 1));
  const hidden = jobs.filter((job) => !shown.has(job));
  return [
    ...rows(
      jobs.filter((job) => shown.has(job)),
      room,
    ),
    ...(hidden.length > 0 && room.rows > 0 ? [moreLine(hidden)] : []),
  ];
}

const INTEREST = [
  "held",
  "failed",
  "running",
  "waiting",
  "submitting",
  "cancelled",
  "done",
] as const satisfies readonly SlurmJobState[];

function mostInteresting(jobs: readonly SlurmJobProgress[], room: number): ReadonlySet<SlurmJobProgress> {
  const ended = jobs.filter(({ news }) => hasEnded(news)).toSorted((a, b) => b.sinceAtMs - a.sinceAtMs);
  const candidates = [...jobs.filter(({ news }) => !hasEnded(news)), ...ended.slice(0, MAX_ENDED)];
  const byInterest = INTEREST.flatMap((state) => candidates.filter(({ news }) => news.state === state));
  return new Set(byInterest.slice(0, room));
}

/** `… and 37 more jobs: 30 waiting, 7 done`. */
function moreLine(hidden: readonly SlurmJobProgress[]): StyledLine {
  const parts = INTEREST.flatMap((state) => {
    const count = hidden.filter(({ news }) => news.state === state).length;
    return count === 0 ? [] : `${countText(count)} ${state}`;
  });
  return [{ text: `  … and ${plural(hidden.length, "more job")}: ${parts.join(", ")}`, style: "dim" }];
}

/** The columns of a job, or what is said in place of those behind the calls. */
interface Row {
  readonly mark: Span;
  readonly columns: readonly string[];
  readonly note: Span | undefined;
}

/** Names of jobs are shown where there are several. */
function rows(jobs: readonly SlurmJobProgress[], { columns, nowMs }: JobRoom): readonly StyledLine[] {
  const hasNames = new Set(jobs.map(({ news }) => news.name)).size > 1;
  const table = jobs.map((job) => rowOf(job, hasNames, nowMs));
  const widths = fittingWidths(table, columns - MARK_WIDTH);
  return table.map(({ mark, columns: cells, note }) => [
    mark,
    ...(note === undefined ? aligned(cells, widths) : [...aligned(cells.slice(0, 3), widths), { text: "  " }, note]),
  ]);
}

function rowOf(job: SlurmJobProgress, hasNames: boolean, nowMs: number): Row {
  const { jobId, name, input, nodes, calls } = job.news;
  const call = hasNames || input === "" ? `${name} ${input}`.trimEnd() : input;
  const ended = calls === null ? 0 : calls.done + calls.failed;
  const total = calls === null ? 0 : ended + calls.running + calls.waiting;
  const runs = job.news.state === "running";
  const rate = runs ? callRate(job.samples, nowMs) : meanCallRate(job.samples);
  const known = ended >= FEW && rate > 0;
  const left = [
    calls !== null && calls.failed > 0 ? `${countText(calls.failed)} failed` : "",
    runs && known && total > ended ? timeLeftText((total - ended) / rate) : "",
  ];
  return {
    mark: markOf(job.news.state),
    columns: [
      jobId === null ? "job" : `job ${jobId}`,
      truncateText(call, MAX_CALL),
      calls === null || (total === 0 && calls.remembered > 0) ? "" : `${countText(ended)}/${countText(total)}`,
      nodesText(nodes),
      known ? rateText(rate) : "",
      left.filter((text) => text !== "").join("  "),
    ],
    note: noteOf(job, nowMs),
  };
}

/** What a job does that has no calls to show. */
function noteOf({ news, sinceAtMs }: SlurmJobProgress, nowMs: number): Span | undefined {
  const sentence = firstLine(news.sentence);
  switch (news.state) {
    case "submitting":
      return { text: sentence === "" ? "is being submitted" : sentence, style: "dim" };
    case "waiting": {
      const forMs = nowMs - sinceAtMs;
      const long = forMs < LONG_MS ? "" : ` for ${clockText(forMs / 1_000)}`;
      return { text: `waiting in Slurm${long}${news.reason === null ? "" : `: ${news.reason}`}`, style: "dim" };
    }
    case "held":
      return { text: sentence === "" ? "held" : sentence, style: "yellow" };
    case "running":
      return sentence === "" ? undefined : { text: sentence, style: "yellow" };
    case "failed":
      return { text: "failed", style: "red" };
    case "cancelled":
      return { text: "cancelled", style: "yellow" };
    case "done":
      return undefined;
    default:
      return news.state satisfies never;
  }
}

const firstLine = (text: string | null): string => text?.split("\n", 1)[0] ?? "";

/** An hourglass takes two columns. */
function markOf(state: SlurmJobState): Span {
  switch (state) {
    case "submitting":
      return { text: "  ◌ ", style: "dim" };
    case "waiting":
      return { text: " ⏳ " };
    case "held":
      return { text: "  ⚠ ", style: "yellow" };
    case "running":
      return { text: "  ▶ ", style: "green" };
    case "done":
      return { text: "  ✔ ", style: "green" };
    case "failed":
      return { text: "  ✗ ", style: "red" };
    case "cancelled":
      return { text: "  ■ ", style: "yellow" };
    default:
      return state satisfies never;
  }
}

function nodesText(nodes: readonly string[]): string {
  const all = nodes.join(" ");
  return textWidth(all) <= MAX_NODES ? all : truncateText(plural(nodes.length, "node"), MAX_NODES);
}

/** The width of each column; 0 for what is empty, and for what a narrow terminal has no room for. */
function fittingWidths(table: readonly Row[], room: number): readonly number[] {
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    Math.max(
      0,
      ...table.map(({ columns, note }) => (note !== undefined && column > 2 ? 0 : textWidth(columns[column] ?? ""))),
    ),
  );
  for (const column of LESS_NEEDED) {
    if (widths.reduce((sum, width) => sum + (width === 0 ? 0 : width + 2), 0) - 2 <= room) break;
    widths[column] = 0;
  }
  return widths;
}

/** Numbers are flush right. */
const FLUSH_RIGHT: ReadonlySet<number> = new Set([2, 4]);

function aligned(cells: readonly string[], widths: readonly number[]): StyledLine {
  return cells.flatMap((text, column) => {
    const width = widths[column] ?? 0;
    if (width === 0) return [];
    const padding = " ".repeat(width - textWidth(text));
    return [
      ...(column === 0 ? [] : [{ text: "  " }]),
      { text: FLUSH_RIGHT.has(column) ? `${padding}${text}` : `${text}${padding}` },
    ];
  });
}
