/** `hyperion tasks`: calls that are open, or that failed. */
import type { CallReport } from "@hyperion-ts/control";
import { countText, plural } from "@hyperion-ts/progress";
import { chosenView } from "../chosen-view.ts";
import type { CommandBody } from "../command-definition.ts";
import { callTable } from "../output/call-table.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { failureTable } from "../output/failure-table.ts";
import { slowCallTable } from "../output/slow-call-table.ts";
import { tableOptionsOf } from "../output/terminal.ts";
import { slowestCalls } from "../slowest-calls.ts";

const MOST = 20;
/** The run gives no more at a time. */
const ALL = 10_000;

export const tasks: CommandBody = async ({ options, terminal }) => {
  const { json, most = MOST } = options;
  const view = await chosenView(options);
  if (options.failed === true) {
    const failures = (await view.failures()).slice(-most);
    if (json === true) terminal.stdout.write(`${JSON.stringify(failures)}\n`);
    else if (failures.length > 0) terminal.stdout.write(failureTable(failures, tableOptionsOf(terminal)));
    else terminal.stderr.write("No call has failed.\n");
    return EXIT_CODES.done;
  }
  if (options.slowest === true) {
    const slowest = await slowestCalls(view, most);
    if (json === true) terminal.stdout.write(`${JSON.stringify(slowest)}\n`);
    else if (slowest.length > 0) terminal.stdout.write(slowCallTable(slowest, tableOptionsOf(terminal)));
    else terminal.stderr.write("No call has run yet.\n");
    return EXIT_CODES.done;
  }
  const isFiltered = options.running === true || options.waiting === true;
  const { calls, total } = await view.calls(isFiltered ? ALL : most);
  const shown = calls.filter(({ stage }) => isWanted(stage, options)).slice(0, most);
  if (json === true) terminal.stdout.write(`${JSON.stringify({ calls: shown, total })}\n`);
  else if (shown.length > 0) terminal.stdout.write(callTable(shown, tableOptionsOf(terminal)));
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
