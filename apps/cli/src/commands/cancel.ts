/** `hyperion cancel`: ends a call, and the Slurm job that it has for itself, or gives up one that is held. */
import { type CallReport, ControlError, type RunView } from "@hyperion-ts/control";
import { heldCall, type Hold } from "@hyperion-ts/holds";
import { durationText, printable } from "@hyperion-ts/progress";
import { viewOf } from "../chosen-view.ts";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { untilJobsEnd } from "../jobs-end.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const cancel: CommandBody = async ({ args: [id = ""], options, terminal }) => {
  const found = await chooseRun(options);
  const view = await viewOf(found, options.job);
  const hold = await heldAs(view, id);
  if (hold !== undefined) {
    const given = await view.cancelHold(hold.id);
    const text = `${hold.id} is given up: ${heldCall(hold)}, whose caller gets the error.`;
    terminal.stdout.write(`${options.json === true ? JSON.stringify(given) : printable(text)}\n`);
    return EXIT_CODES.done;
  }
  const call = await view.cancel(id);
  const left = call.slurmJob === undefined ? [] : await untilJobsEnd(found, ({ call: of }) => of === call.id);
  if (left.length > 0)
    throw new ControlError(
      "refused",
      `Call ${id} is cancelled, and its Slurm job may go on: scancel ${left.join(" ")} tries again`,
    );
  terminal.stdout.write(options.json === true ? `${JSON.stringify(call)}\n` : `${saidOf(id, call)}\n`);
  return EXIT_CODES.done;
};

function saidOf(id: string, { functionName, stage, forSeconds, slurmJob }: CallReport): string {
  const what = `${functionName}, which was ${stage} for ${durationText(forSeconds)}`;
  return typeof slurmJob === "number"
    ? `Slurm job ${slurmJob} is cancelled, and gone: ${what}.`
    : `Call ${id} is cancelled: ${what}.`;
}

/** Ids of calls are numbers, and no hold's is. */
async function heldAs(view: RunView, id: string): Promise<Hold | undefined> {
  if (/^\d+$/u.test(id)) return undefined;
  const all = await view.holds();
  const matching = all.filter((hold) => hold.id.startsWith(id));
  return all.find((hold) => hold.id === id) ?? (matching.length === 1 ? matching[0] : undefined);
}
