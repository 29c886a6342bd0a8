/**
 * Ends the job of a head whose node is lost, so that nobody pays for nodes on which nothing runs. Each agent that has
 * ended its workers because its head fell silent becomes this. Whether the head is lost is Slurm's to say
 * (abandoned-job.ts): behind a network that is cut the head may live on, and Slurm knows better who is cut off.
 */
import { parseSlurmJobId, slurmSetting } from "@hyperion-ts/slurm-env";
import type { SlurmAnswer } from "@hyperion-ts/slurm-env/commands";
import { type JobView, viewJob } from "./abandoned-job.ts";

/** What this has of the world. */
export interface Surroundings {
  /** Runs a command of Slurm's. */
  ask(argv: readonly string[]): Promise<SlurmAnswer>;
  /** Writes a line to the end of the job's output. */
  tell(outputFile: string, line: string): void;
  /** Waits. */
  pause(ms: number): Promise<void>;
  /** A steady clock. */
  nowMs(): number;
  /** From 0 to 1. */
  random(): number;
}

/** Agents on many nodes look more seldom, so that the controller is asked once in 2 s by all of them together; in milliseconds. */
const pauseMs = (nodes: number): number => Math.max(5_000, 2_000 * nodes);

/** Nobody waits longer for a controller that is away, in milliseconds. */
const LONGEST_MS = 3_600_000;

/**
 * Looks after the job `jobId` until it has ended, or Slurm has not given up the node of its script for long enough, or
 * for an hour. A job that Slurm has taken that node from is cancelled.
 */
export async function endAbandonedJob(jobId: string, nodes: number, world: Surroundings): Promise<void> {
  const lastMs = world.nowMs() + LONGEST_MS;
  let untilMs = lastMs;
  let told = false;
  while (world.nowMs() < untilMs) {
    await world.pause(pauseMs(nodes) * (0.5 + world.random()));
    const view = await look(jobId, world);
    switch (view?.type) {
      case undefined:
        // A controller that comes back counts the silence of nodes from then on.
        untilMs = lastMs;
        break;
      case "none-of-ours":
        return;
      case "attended":
        if (untilMs === lastMs) untilMs = Math.min(lastMs, world.nowMs() + (await noticedWithinMs(world)));
        break;
      case "abandoned":
        // Before: in a step, scancel is the end of this process too. The next look tells whether it has worked.
        if (!told) tell(view, world);
        told = true;
        await world.ask(["scancel", view.id]);
        break;
      default:
        view satisfies never;
    }
  }
}

async function look(jobId: string, world: Surroundings): Promise<JobView | undefined> {
  const { code, stdout, stderr } = await world.ask(["scontrol", "show", "job", jobId]);
  if (code === 0) return viewJob(stdout, parseSlurmJobId(Number(jobId)));
  return /Invalid job id/i.test(stderr) ? { type: "none-of-ours" } : undefined;
}

/** Slurm gives a node up after SlurmdTimeout without an answer, and asks three times in that time (slurm.conf(5)). */
async function noticedWithinMs(world: Surroundings): Promise<number> {
  const { stdout } = await world.ask(["scontrol", "show", "config"]);
  const seconds = Number.parseInt(slurmSetting(stdout, "SlurmdTimeout") ?? "", 10) || 300;
  return 2_000 * seconds + 10_000;
}

function tell({ id, batchHost, outputFile }: Extract<JobView, { type: "abandoned" }>, world: Surroundings): void {
  if (outputFile === undefined) return;
  world.tell(
    outputFile,
    `hyperion-ts: the node ${batchHost} is lost, and with it the script of this job: job ${id} is cancelled, as nothing runs on its other nodes. Submit it again: it goes on from the results that were stored.\n`,
  );
}
