/** `hyperion stop`: ends a run in order, and its Slurm jobs where that is wanted. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  ControlError,
  type FoundRun,
  isListening,
  lookAtRun,
  type RunView,
  type StopAnswer,
} from "@hyperion-ts/control";
import { processState } from "@hyperion-ts/processes/process-identity";
import { hasEnded, plural } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { untilJobsEnd } from "../jobs-end.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

const LOOK_EVERY_MS = 100;

export const stop: CommandBody = async ({ options: { jobs = false, ...options }, terminal }) => {
  const found = await chooseRun(options);
  const view = await lookAtRun(found);
  const { goesOn, cancels = [] } = await stopped(view, jobs);
  const say = (text: string): unknown => (options.json === true ? undefined : terminal.stdout.write(`${text}\n`));
  say(`Run ${found.id} ends: what is done is stored.${goesOn === null ? "" : ` ${goesOn}`}`);
  if (cancels.length > 0)
    say(
      `${plural(cancels.length, "Slurm job")} is being cancelled: ${cancels.join(", ")}.`.replace(
        "jobs is",
        "jobs are",
      ),
    );
  if (options.wait === true || jobs) await untilGone(found);
  const left = jobs ? await untilJobsEnd(found, () => true) : [];
  if (options.json === true)
    terminal.stdout.write(`${JSON.stringify({ run: found.id, goesOn, ...(jobs ? { cancels, left } : {}) })}\n`);
  if (left.length === 0) {
    if (cancels.length > 0) say("They are gone.");
    return EXIT_CODES.done;
  }
  terminal.stderr.write(`These Slurm jobs may go on: scancel ${left.join(" ")} tries again\n`);
  return EXIT_CODES.failed;
};

/** Of a run that has ended only Slurm's own command ends the jobs that it has left. */
async function stopped(view: RunView, jobs: boolean): Promise<StopAnswer> {
  try {
    return await view.stop(jobs);
  } catch (error) {
    if (!jobs || !(error instanceof ControlError) || error.code !== "not-running") throw error;
    const { slurmJobs } = await view.report();
    const open = slurmJobs.filter((job) => !hasEnded(job)).flatMap(({ jobId }) => jobId ?? []);
    if (open.length === 0) throw error;
    const words = `${error.message}. Slurm jobs that it had then may go on: scancel ${open.join(" ")} ends them`;
    throw new ControlError(error.code, words, { cause: error });
  }
}

async function untilGone({ control }: FoundRun): Promise<void> {
  if (control === undefined) return;
  const { process, socket } = control;
  const isThere = async (): Promise<boolean> => processState(process) === "living" || (await isListening(socket));
  while (await isThere()) await sleep(LOOK_EVERY_MS);
}
