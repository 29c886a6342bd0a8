/** `hyperion retry`: makes held calls again. */
import { ControlError, lookAtRun, type RunView } from "@hyperion-ts/control";
import { changesText, heldCall, type Hold, type HoldChanges, isOpen, readChanges } from "@hyperion-ts/holds";
import { printable } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody, CommandOptions } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const retry: CommandBody = async ({ args: [id], options, terminal }) => {
  if ((id === undefined) !== (options.all === true)) {
    terminal.stderr.write("hyperion: retry needs the id of a hold, or --all (hyperion holds lists them)\n");
    return EXIT_CODES.usage;
  }
  const changes = readChanges({ ...options });
  const found = await chooseRun(options);
  const view = await lookAtRun(found);
  const retried = await retryThem(view, changes, { ...options, id });
  if (options.json === true) terminal.stdout.write(`${JSON.stringify(retried)}\n`);
  else if (retried.length === 0) terminal.stderr.write("No call is held.\n");
  else {
    const when = (await view.report()).toldBy === "program" ? "" : " when the program is run again";
    for (const hold of retried) terminal.stdout.write(`${printable(lineOf(hold, when))}\n`);
  }
  return EXIT_CODES.done;
};

async function retryThem(
  view: RunView,
  changes: HoldChanges,
  { id, sameReason }: Pick<CommandOptions, "sameReason"> & { readonly id: string | undefined },
): Promise<readonly Hold[]> {
  if (id !== undefined) return sameReason === true ? view.retryHolds(changes, id) : [await view.retryHold(id, changes)];
  if (sameReason !== true) return view.retryHolds(changes);
  const open = (await view.holds()).filter(isOpen);
  const reasons = new Set(open.map(({ reason }) => reason));
  if (reasons.size > 1)
    throw new ControlError(
      "refused",
      `They failed for several reasons (${[...reasons].join(", ")}): name one of those that you mean, hyperion retry ID --same-reason`,
    );
  return view.retryHolds(changes);
}

function lineOf(hold: Hold, when: string): string {
  const changed = changesText(hold.changes);
  return `${hold.id} is made again${when}${changed === "" ? "" : ` with ${changed}`}: ${heldCall(hold)}`;
}
