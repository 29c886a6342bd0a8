/** `hyperion status`: how far a run is, on one screen. */
import { lookAtRun } from "@hyperion-ts/control";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { screenOf, usesColour } from "../output/terminal.ts";

export const status: CommandBody = async ({ args: [dir], options: { run, json }, terminal }) => {
  const view = await lookAtRun(await chooseRun({ dir, run }));
  terminal.stdout.write(
    json === true
      ? `${JSON.stringify(await view.report())}\n`
      : await view.text({ ...screenOf(terminal), colour: usesColour(terminal) }),
  );
  return EXIT_CODES.done;
};
