/** What is kept of a Slurm job's news: a line for each change that matters, and nothing twice. Pure. */
import type { SlurmJobNews } from "../events/slurm-job.ts";
import type { SlurmJobProgress } from "../state/slurm-jobs.ts";
import { countText, durationText, plural } from "./human-numbers.ts";
import { paragraph } from "./paragraph.ts";
import type { StyledLine } from "./styled-line.ts";

/** The job before and with its news; where there is a live block, which shows the rest, only what a person should look at. */
export function slurmJobEventLines(
  before: SlurmJobProgress | undefined,
  { news, waits }: SlurmJobProgress,
  live: boolean,
): readonly StyledLine[] {
  const isNew = before?.news.state !== news.state || before.news.jobId !== news.jobId;
  const saysMore = news.sentence !== null && (isNew || news.sentence !== before.news.sentence);
  const plain = (text: string): readonly StyledLine[] => (live ? [] : paragraph("", text));
  const what = placeOf(news);
  switch (news.state) {
    case "submitting":
      return saysMore ? paragraph("⚠ ", `${callOf(news)}: ${news.sentence}`, "yellow") : [];
    case "waiting": {
      const isNewWait = news.reason !== null && !(isNew ? NONE : before.waits).has(news.reason);
      if (before?.news.jobId !== news.jobId) return plain(`${what}: ${news.sentence ?? "is submitted"}`);
      return isNewWait && waits.has(news.reason) ? plain(`${what}: ${news.sentence ?? news.reason}`) : [];
    }
    case "held":
      return saysMore
        ? paragraph("⚠ ", `${what}${news.hold === undefined ? "" : " is held"}: ${news.sentence}`, "yellow")
        : [];
    case "running": {
      if (saysMore) return paragraph("⚠ ", `${what}: ${news.sentence}`, "yellow");
      const moved = isNew || before.news.nodes.join() !== news.nodes.join();
      return moved ? plain(`${what}: runs on ${news.nodes.join(" ")}`) : [];
    }
    case "done":
      return isNew ? plain(`✔ ${what}: ${news.sentence ?? "is done"}${callsText(news)}`) : [];
    case "failed":
      return isNew ? paragraph("✗ ", news.sentence ?? `${what} failed`, "red") : [];
    case "cancelled":
      return isNew ? plain(`■ ${what}: ${news.sentence ?? "is cancelled"}`) : [];
    default:
      return news.state satisfies never;
  }
}

const NONE: ReadonlySet<string> = new Set();

const callOf = ({ name, input }: SlurmJobNews): string => `${name} ${input}`.trimEnd();

const placeOf = (news: SlurmJobNews): string =>
  news.jobId === null ? callOf(news) : `Slurm job ${news.jobId} (${callOf(news)})`;

function callsText({ calls }: SlurmJobNews): string {
  if (calls === null) return "";
  const { done, failed, remembered } = calls;
  const parts = [
    plural(done + failed, "call"),
    ...(failed > 0 ? [`${countText(failed)} failed`] : []),
    ...(remembered > 0 ? [`${countText(remembered)} remembered`] : []),
  ];
  return `, ${parts.join(", ")}`;
}

/** `Slurm answers again, after 3 m 20 s`. */
export const answersText = (afterMs: number): string => `Slurm answers again, after ${durationText(afterMs / 1_000)}`;
