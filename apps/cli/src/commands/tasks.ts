/** `hyperion tasks`: calls that are open, or that failed. */
import { type CallReport, type FailureReport, lookAtRun } from "@hyperion-ts/control";
import { countText, durationText, plural, type Span } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { type Column, tableText } from "../output/table.ts";
import { screenOf, type Terminal, usesColour } from "../output/terminal.ts";

const MOST = 20;
/** The run gives no more at a time. */
const ALL = 10_000;

export const tasks: CommandBody = async ({ options, terminal }) => {
  const { json, most = MOST } = options;
  const view = await lookAtRun(await chooseRun(options));
  if (options.failed === true) {
    const failures = (await view.failures()).slice(-most);
    if (json === true) terminal.stdout.write(`${JSON.stringify(failures)}\n`);
    else if (failures.length > 0) terminal.stdout.write(failureTable(failures, terminal));
    else terminal.stderr.write("No call has failed.\n");
    return EXIT_CODES.done;
  }
  const isFiltered = options.running === true || options.waiting === true;
  const { calls, total } = await view.calls(isFiltered ? ALL : most);
  const shown = calls.filter(({ stage }) => isWanted(stage, options)).slice(0, most);
  if (json === true) terminal.stdout.write(`${JSON.stringify({ calls: shown, total })}\n`);
  else if (shown.length > 0) terminal.stdout.write(callTable(shown, terminal));
  if (json !== true && total > shown.length)
    terminal.stderr.write(`${countText(shown.length)} of ${plural(total, "open call")} (--most)\n`);
  else if (json !== true && shown.length === 0) terminal.stderr.write("No call is open.\n");
  return EXIT_CODES.done;
};

/** With both options, or none, all are. */
const isWanted = (
  stage: CallReport["stage"],
  { running, waiting }: { readonly running?: boolean; readonly waiting?: boolean },
): boolean => running === waiting || (stage === "running" || stage === "ending" ? running === true : waiting === true);

const CALL_COLUMNS: readonly Column[] = [
  { heading: "ID", right: true },
  { heading: "FUNCTION" },
  { heading: "STATE" },
  { heading: "FOR", right: true },
  { heading: "CPUS", right: true },
  { heading: "NODE" },
  { heading: "WAITS FOR, OR INPUT" },
];

const callTable = (calls: readonly CallReport[], terminal: Terminal): string =>
  tableText(
    CALL_COLUMNS,
    calls.map((call) => [
      { text: call.id, style: "bold" },
      call.functionName,
      stageCell(call),
      durationText(call.forSeconds),
      countText(call.cpus),
      call.node ?? "",
      call.waiting?.text ?? call.input ?? "",
    ]),
    { columns: screenOf(terminal).columns, colour: usesColour(terminal) },
  );

const stageCell = ({ stage }: CallReport): Span => ({
  text: stage,
  ...(stage === "running" ? { style: "green" } : stage === "ending" ? { style: "yellow" } : {}),
});

const failureTable = (failures: readonly FailureReport[], terminal: Terminal): string =>
  tableText(
    [
      { heading: "ID", right: true },
      { heading: "AT (UTC)" },
      { heading: "FUNCTION" },
      { heading: "NODE" },
      { heading: "HOW" },
      { heading: "MESSAGE" },
    ],
    failures.map(({ id, at, functionName, node, reason, message }) => [
      { text: id, style: "red" },
      at.slice(11, 19),
      functionName,
      node,
      reason,
      message.split("\n")[1]?.trim() ?? message,
    ]),
    { columns: screenOf(terminal).columns, colour: usesColour(terminal) },
  );
