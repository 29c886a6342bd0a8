/** `hyperion jobs`: the Slurm jobs of a run. */
import { lookAtRun, type SlurmJobReport } from "@hyperion-ts/control";
import { countText, durationText, hasEnded, plural, type Span, truncateText } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { tableText } from "../output/table.ts";
import { screenOf, type Terminal, usesColour } from "../output/terminal.ts";

const MOST = 20;
const MAX_CALL = 26;
const MAX_NODES = 12;

export const jobs: CommandBody = async ({ args: [dir], options: { run, json, most = MOST }, terminal }) => {
  const { slurmJobs } = await (await lookAtRun(await chooseRun({ dir, run }))).report();
  const inOrder = [...slurmJobs.filter((job) => !hasEnded(job)), ...slurmJobs.filter(hasEnded)];
  const shown = inOrder.slice(0, most);
  if (json === true) terminal.stdout.write(`${JSON.stringify(shown)}\n`);
  else if (shown.length > 0) terminal.stdout.write(listing(shown, terminal));
  if (json !== true && slurmJobs.length > shown.length)
    terminal.stderr.write(`${countText(shown.length)} of ${plural(slurmJobs.length, "Slurm job")} (--most)\n`);
  else if (json !== true && shown.length === 0) terminal.stderr.write("The run has no Slurm jobs.\n");
  return EXIT_CODES.done;
};

const listing = (reports: readonly SlurmJobReport[], terminal: Terminal): string =>
  tableText(
    [
      { heading: "JOB", right: true },
      { heading: "STATE" },
      { heading: "FOR", right: true },
      { heading: "NODES" },
      { heading: "CALLS", right: true },
      { heading: "NAME, INPUT" },
      { heading: "WHY" },
    ],
    reports.map((job) => [
      { text: String(job.jobId ?? "-"), style: "bold" },
      stateCell(job),
      durationText(job.forSeconds),
      nodesText(job.nodes),
      callsText(job),
      truncateText(`${job.name} ${job.input}`.trimEnd(), MAX_CALL),
      whyText(job),
    ]),
    { columns: screenOf(terminal).columns, colour: usesColour(terminal) },
  );

/** Slurm's word while it goes on, and how it ended after that. */
function stateCell({ state, slurmState, end }: SlurmJobReport): Span {
  switch (state) {
    case "submitting":
      return { text: state, style: "dim" };
    case "waiting":
      return { text: slurmState ?? "PENDING" };
    case "held":
      return { text: slurmState ?? "PENDING", style: "yellow" };
    case "running":
      return { text: slurmState ?? "RUNNING", style: "green" };
    case "done":
      return { text: state, style: "green" };
    case "failed":
      return { text: end ?? state, style: "red" };
    case "cancelled":
      return { text: state, style: "yellow" };
    default:
      return state satisfies never;
  }
}

const nodesText = (nodes: readonly string[]): string => {
  const all = nodes.join(" ");
  return all.length <= MAX_NODES ? all : plural(nodes.length, "node");
};

/** `3/10`; with those that failed, where some did. */
function callsText({ calls }: SlurmJobReport): string {
  if (calls === null) return "";
  const { done, failed, running, waiting } = calls;
  const all = done + failed + running + waiting;
  return `${countText(done)}/${countText(all)}${failed === 0 ? "" : `, ${countText(failed)} failed`}`;
}

/** Of a failure the first line says which job it is, and the next one what has happened. */
function whyText({ state, reason, sentence }: SlurmJobReport): string {
  const [first = "", second = first] = (sentence ?? "").split("\n");
  if (state === "failed") return second.trim();
  return [reason ?? "", first].filter((part) => part !== "").join(": ");
}
