/** `hyperion cancel`: ends a call, or gives up one that is held. */
import { lookAtRun, type RunView } from "@hyperion-ts/control";
import { heldCall, type Hold } from "@hyperion-ts/holds";
import { durationText, printable } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const cancel: CommandBody = async ({ args: [id = ""], options, terminal }) => {
  const view = await lookAtRun(await chooseRun(options));
  const hold = await heldAs(view, id);
  if (hold !== undefined) {
    const given = await view.cancelHold(hold.id);
    const text = `${hold.id} is given up: ${heldCall(hold)}, whose caller gets the error.`;
    terminal.stdout.write(`${options.json === true ? JSON.stringify(given) : printable(text)}\n`);
    return EXIT_CODES.done;
  }
  const call = await view.cancel(id);
  terminal.stdout.write(
    options.json === true
      ? `${JSON.stringify(call)}\n`
      : `Call ${id} is cancelled: ${call.functionName}, which was ${call.stage} for ${durationText(call.forSeconds)}.\n`,
  );
  return EXIT_CODES.done;
};

/** Ids of calls are numbers, and no hold's is. */
const heldAs = async (view: RunView, id: string): Promise<Hold | undefined> => {
  if (/^\d+$/u.test(id)) return undefined;
  const all = await view.holds();
  const matching = all.filter((hold) => hold.id.startsWith(id));
  return all.find((hold) => hold.id === id) ?? (matching.length === 1 ? matching[0] : undefined);
};
