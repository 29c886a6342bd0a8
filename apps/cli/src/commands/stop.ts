/** `hyperion stop`: ends a run in order. */
import { setTimeout as sleep } from "node:timers/promises";
import { type FoundRun, isListening, lookAtRun } from "@hyperion-ts/control";
import { processState } from "@hyperion-ts/processes/process-identity";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

const LOOK_EVERY_MS = 100;

export const stop: CommandBody = async ({ options, terminal }) => {
  const found = await chooseRun(options);
  const { goesOn } = await (await lookAtRun(found)).stop();
  if (options.json !== true)
    terminal.stdout.write(`Run ${found.id} ends: what is done is stored.${goesOn === null ? "" : ` ${goesOn}`}\n`);
  if (options.wait === true) await untilGone(found);
  if (options.json === true) terminal.stdout.write(`${JSON.stringify({ run: found.id, goesOn })}\n`);
  return EXIT_CODES.done;
};

async function untilGone({ control }: FoundRun): Promise<void> {
  if (control === undefined) return;
  const { process, socket } = control;
  const isThere = async (): Promise<boolean> => processState(process) === "living" || (await isListening(socket));
  while (await isThere()) await sleep(LOOK_EVERY_MS);
}
