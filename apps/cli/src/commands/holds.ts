/** `hyperion holds`: failed calls that wait for a person. */
import { lookAtRun } from "@hyperion-ts/control";
import { findHold, type Hold, holdText, isOpen } from "@hyperion-ts/holds";
import { printable } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const holds: CommandBody = async ({ args: [id], options, terminal }) => {
  const all = await (await lookAtRun(await chooseRun(options))).holds();
  const shown = id === undefined ? all : [named(all, id)];
  if (options.json === true) terminal.stdout.write(`${JSON.stringify(shown)}\n`);
  else if (shown.length === 0) terminal.stderr.write("No call is held.\n");
  else terminal.stdout.write(`${shown.toSorted(byState).map(textOf).join("\n\n")}\n`);
  return EXIT_CODES.done;
};

const named = (all: readonly Hold[], id: string): Hold => findHold({ list: () => all }, id);

/** Those that wait come last: they are what is seen where the others scroll away. */
const byState = (a: Hold, b: Hold): number => Number(isOpen(a)) - Number(isOpen(b));

const textOf = (hold: Hold): string => holdText(hold).split("\n").map(printable).join("\n");
