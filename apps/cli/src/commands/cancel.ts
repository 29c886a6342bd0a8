/** `hyperion cancel`: ends a call, and the Slurm job that it has for itself. */
import { type CallReport, ControlError, lookAtRun } from "@hyperion-ts/control";
import { durationText } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { untilJobsEnd } from "../jobs-end.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const cancel: CommandBody = async ({ args: [id = ""], options, terminal }) => {
  const found = await chooseRun(options);
  const call = await (await lookAtRun(found)).cancel(id);
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
