/** `hyperion cancel`: ends a call. */
import { lookAtRun } from "@hyperion-ts/control";
import { durationText } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const cancel: CommandBody = async ({ args: [id = ""], options, terminal }) => {
  const call = await (await lookAtRun(await chooseRun(options))).cancel(id);
  terminal.stdout.write(
    options.json === true
      ? `${JSON.stringify(call)}\n`
      : `Call ${id} is cancelled: ${call.functionName}, which was ${call.stage} for ${durationText(call.forSeconds)}.\n`,
  );
  return EXIT_CODES.done;
};
