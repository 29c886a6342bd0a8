/** One Slurm job in the live block. Pure. */
import type { SlurmJobState } from "../events/slurm-job.ts";
import { callRate, meanCallRate } from "../state/call-rate.ts";
import type { SlurmJobProgress } from "../state/slurm-jobs.ts";
import { clockText, countText, plural, rateText, timeLeftText } from "./human-numbers.ts";
import type { Span } from "./styled-line.ts";
import { textWidth, truncateText } from "./text-width.ts";

const MAX_CALL = 28;
const MAX_NODES = 16;
/** From fewer calls nothing can be told about the others. */
const FEW = 2;
/** A wait that is longer is told. */
const LONG_MS = 60_000;

/** The columns of a job, or what is said in place of those behind the calls. */
export interface SlurmJobRow {
  /** The sign of its state, such as a green tick. */
  readonly mark: Span;
  /** The texts of its columns, from the left. */
  readonly columns: readonly string[];
  /** What is said in place of the columns behind the calls; undefined: nothing. */
  readonly note: Span | undefined;
}

/** `call` tells it from the others. */
export function slurmJobRow(job: SlurmJobProgress, call: string, nowMs: number): SlurmJobRow {
  const { jobId, name, nodes, calls } = job.news;
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
      truncateText(call === "" ? name : call, MAX_CALL),
      total === 0 ? "" : `${countText(ended)}/${countText(total)}`,
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
