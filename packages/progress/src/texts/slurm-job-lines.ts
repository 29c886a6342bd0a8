/** The rows of Slurm jobs in the live block: those that are open, and those that ended last. Pure. */
import { hasEnded, type SlurmJobNews, type SlurmJobState } from "../events/slurm-job.ts";
import type { RunState } from "../state/run-state.ts";
import type { SlurmJobProgress } from "../state/slurm-jobs.ts";
import { countText, durationText, plural } from "./human-numbers.ts";
import { type SlurmJobRow, slurmJobRow } from "./slurm-job-row.ts";
import type { StyledLine } from "./styled-line.ts";
import { textWidth } from "./text-width.ts";

/** The room for the rows. */
export interface JobRoom {
  /** How wide a line may be. */
  readonly columns: number;
  /** How many lines there are. */
  readonly rows: number;
  /** The time for which they are drawn, on the clock of the run's state, in milliseconds. */
  readonly nowMs: number;
}

const MARK_WIDTH = 4;
/** So many jobs that have ended are shown beside those that are open. */
const MAX_ENDED = 5;
/** What a narrow terminal has no room for goes in this order: the rate, the nodes. */
const LESS_NEEDED = [4, 3];

/**
 * `3 Slurm jobs, 1 held, 6 nodes, 12 CPUs, 81/150 calls`: the jobs that are open, the calls that wait for a person, what those of them have that run, and the calls of all,
 * as far as their heads have told. What there is no room for is left out, the nodes first, then the calls.
 */
export function openJobsText({ slurmJobs, slurmSilentSinceMs }: RunState, nowMs: number, room: number): string {
  const all = [...slurmJobs.values()].map(({ news }) => news);
  const open = all.filter((news) => !hasEnded(news) && news.hold === undefined);
  const held = all.filter((news) => news.hold !== undefined).length;
  const running = open.filter(({ state }) => state === "running");
  const nodes = sumOf(running, (news) => news.nodes.length);
  const cpus = sumOf(running, (news) => news.cpus ?? 0);
  const ended = sumOf(all, ({ calls }) => (calls === null ? 0 : calls.done + calls.failed));
  const left = sumOf(all, ({ calls }) => (calls === null ? 0 : calls.running + calls.waiting));
  const parts = {
    jobs: open.length === 0 ? "no Slurm job is open" : plural(open.length, "Slurm job"),
    held: held === 0 ? "" : `${countText(held)} held`,
    nodes: nodes === 0 ? "" : plural(nodes, "node"),
    cpus: cpus === 0 ? "" : plural(cpus, "CPU"),
    calls: ended + left === 0 ? "" : `${countText(ended)}/${countText(ended + left)} calls`,
    silence:
      slurmSilentSinceMs === null
        ? ""
        : `no answer from Slurm for ${durationText((nowMs - slurmSilentSinceMs) / 1_000)}`,
  };
  const shorter = [parts, { ...parts, nodes: "" }, { ...parts, nodes: "", calls: "" }].map(joined);
  return shorter.find((text) => textWidth(text) <= room) ?? shorter.at(-1) ?? "";
}

const joined = (parts: Readonly<Record<string, string>>): string =>
  Object.values(parts)
    .filter((text) => text !== "")
    .join(", ");

const sumOf = (jobs: readonly SlurmJobNews[], count: (news: SlurmJobNews) => number): number =>
  jobs.reduce((sum, news) => sum + count(news), 0);

/** A row for each job that there is room for: those first that a person should look at. */
export function slurmJobLines(state: RunState, room: JobRoom): readonly StyledLine[] {
  const jobs = [...state.slurmJobs.values()].toSorted((a, b) => idOf(a) - idOf(b));
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

/** Those that have none yet come last. */
const idOf = ({ news }: SlurmJobProgress): number => news.jobId ?? Number.MAX_SAFE_INTEGER;

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

/** Names of jobs are shown where there are several. */
function rows(jobs: readonly SlurmJobProgress[], { columns, nowMs }: JobRoom): readonly StyledLine[] {
  const hasNames = new Set(jobs.map(({ news }) => news.name)).size > 1;
  const words = distinctWords(jobs);
  const table = jobs.map((job, i) => slurmJobRow(job, `${hasNames ? job.news.name : ""} ${words[i]}`.trim(), nowMs));
  const widths = fittingWidths(table, columns - MARK_WIDTH);
  return table.map(({ mark, columns: cells, note }) => [
    mark,
    ...(note === undefined ? aligned(cells, widths) : [...aligned(cells.slice(0, 3), widths), { text: "  " }, note]),
  ]);
}

/** What tells each from the others: its input without what all have; where that is nothing, all of it. */
function distinctWords(jobs: readonly SlurmJobProgress[]): readonly string[] {
  const all = jobs.map(({ news }) => news.input.split(" "));
  const [first = [], ...others] = all;
  const shared = new Set(
    others.length === 0 ? [] : first.filter((word) => others.every((words) => words.includes(word))),
  );
  return all.map((words, i) => {
    const own = words.filter((word) => !shared.has(word)).join(" ");
    return own === "" ? (jobs[i]?.news.input ?? "") : own;
  });
}

/** The width of each column; 0 for what is empty, and for what a narrow terminal has no room for. */
function fittingWidths(table: readonly SlurmJobRow[], room: number): readonly number[] {
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
