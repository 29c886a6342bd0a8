/** `hyperion ps`: which runs there are. */
import {
  commandText,
  type FoundRun,
  lookAtRun,
  programDirectory,
  runsHere,
  runsIn,
  type RunReport,
} from "@hyperion-ts/control";
import { countText, durationText, type Span } from "@hyperion-ts/progress";
import { shownPath } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { tableText } from "../output/table.ts";
import { screenOf, type Terminal, usesColour } from "../output/terminal.ts";

const MOST = 20;

export const ps: CommandBody = async ({ args, options: { json, most = MOST }, terminal }) => {
  const found = args.length === 0 ? await runsHere() : args.flatMap(runsIn).sort((a, b) => b.heardMs - a.heardMs);
  const shown = args.length === 0 ? found.slice(-most) : found.slice(0, most).toReversed();
  const reports = (await Promise.all(shown.map(reportOf))).filter((report) => report !== undefined);
  if (json === true) terminal.stdout.write(`${JSON.stringify(reports)}\n`);
  else if (reports.length > 0) terminal.stdout.write(listing(reports, terminal));
  else
    terminal.stderr.write(args.length === 0 ? NONE_HERE : `No program has run in ${args.map(shownPath).join(", ")}.\n`);
  return EXIT_CODES.done;
};

const NONE_HERE = "No program of yours goes on on this machine. hyperion ps DIR lists those that have ended.\n";

/** Undefined: it has ended between the two looks, or can't be read. */
const reportOf = async (found: FoundRun): Promise<RunReport | undefined> => {
  try {
    return await (await lookAtRun(found)).report();
  } catch {
    return undefined;
  }
};

const listing = (reports: readonly RunReport[], terminal: Terminal): string =>
  tableText(
    [
      { heading: "RUN" },
      { heading: "STATE" },
      { heading: "FOR", right: true },
      { heading: "DONE", right: true },
      { heading: "FAILED", right: true },
      { heading: "PROGRAM" },
      // Last, as the longest: where there is no room for it the others are whole.
      { heading: "DIRECTORY" },
    ],
    reports.map((report) => [
      { text: report.run.id, style: "bold" },
      stateOf(report),
      durationText(report.seconds),
      countText(sum(report, "done")),
      failedCell(sum(report, "failed")),
      "command" in report.run ? commandText(report.run.command) : "",
      shownPath(programDirectory(report.run.logDir)),
    ]),
    { columns: screenOf(terminal).columns, colour: usesColour(terminal) },
  );

function stateOf({ phase }: RunReport): Span {
  switch (phase.kind) {
    case "running":
      return { text: "running", style: "green" };
    case "interrupted":
      return { text: "ending", style: "yellow" };
    case "lost":
      return { text: "killed", style: "red" };
    case "ended":
      return phase.outcome === "failed" ? { text: "failed", style: "red" } : { text: phase.outcome };
    default:
      return phase satisfies never;
  }
}

const failedCell = (failed: number): Span => ({ text: countText(failed), ...(failed > 0 ? { style: "red" } : {}) });

const sum = ({ functions }: RunReport, state: "done" | "failed"): number =>
  functions.reduce((total, counts) => total + counts[state], 0);
