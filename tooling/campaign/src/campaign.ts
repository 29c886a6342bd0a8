/** A campaign: so many seeded rounds of each fault, a few at a time. */
import { rmSync } from "node:fs";
import type { Fault } from "./fault.ts";
import type { Evidence } from "./judge/evidence.ts";
import { isSound, judge, NOTHING, type Verdict } from "./judge/judge.ts";
import { endInAWord } from "./judge/program-end.ts";
import { playRound } from "./round.ts";
import { Random, seedOf } from "./random.ts";
import type { Worlds } from "./world/worlds.ts";

/** What a campaign plays. */
export interface CampaignOptions {
  /** The faults, in the order in which they begin. */
  readonly faults: readonly Fault[];
  /** Which rounds of each fault, by number. */
  readonly rounds: readonly number[];
  /** From it and the fault's name comes all that is at random. */
  readonly seed: number;
  /** How many rounds run at the same time. */
  readonly concurrency: number;
  /** No round begins any more when it aborts. Default: all do. */
  readonly signal?: AbortSignal;
  /** Hears of each round when it has ended. */
  readonly onRound?: (played: PlayedRound) => void;
}

/** What became of a round. */
export interface PlayedRound {
  /** The fault that struck. */
  readonly fault: Fault;
  /** Its number, from 1 on. */
  readonly round: number;
  /** How long it took. */
  readonly seconds: number;
  /** What the judge found. */
  readonly verdict: Verdict;
  /** How the run ended that the fault struck, in a word: `0`, `1`, `SIGKILL`, `hung`. */
  readonly end: string;
  /** The folder of a round in which something was found; null where nothing was. */
  readonly kept: string | null;
}

/** Runs it to its end, whatever is found. */
export async function runCampaign(
  { faults, rounds, seed, concurrency, signal, onRound }: CampaignOptions,
  worlds: Worlds,
): Promise<readonly PlayedRound[]> {
  const played: PlayedRound[] = [];
  const waiting = faults.flatMap((fault) => rounds.map((round) => ({ fault, round }))).values();
  const player = async (): Promise<void> => {
    for (const { fault, round } of waiting) {
      if (signal?.aborted === true) return;
      const one = await play(fault, round, seed, worlds);
      played.push(one);
      onRound?.(one);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, player));
  return played;
}

async function play(fault: Fault, round: number, seed: number, worlds: Worlds): Promise<PlayedRound> {
  const start = performance.now();
  const folder = worlds.newFolder(fault, round);
  const { verdict, end } = await outcomeOf(fault, new Random(seedOf(seed, fault.name, round)), folder, worlds);
  const sound = isSound(verdict);
  if (sound) rmSync(folder, { recursive: true, force: true });
  return { fault, round, seconds: (performance.now() - start) / 1_000, verdict, end, kept: sound ? null : folder };
}

/** That a round could not be played is not taken for a good one. */
async function outcomeOf(
  fault: Fault,
  random: Random,
  folder: string,
  worlds: Worlds,
): Promise<Pick<PlayedRound, "verdict" | "end">> {
  try {
    const evidence = await evidenceOf(fault, random, folder, worlds);
    return { verdict: judge(evidence, fault), end: endInAWord(evidence.first.end) };
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { verdict: { ...NOTHING, unexpectedEnds: [`The round itself came to no end: ${why}`] }, end: "none" };
  }
}

async function evidenceOf(fault: Fault, random: Random, folder: string, worlds: Worlds): Promise<Evidence> {
  if (fault.world === "laptop") {
    await using stage = worlds.laptop(fault, random, folder);
    return await playRound(fault, stage);
  }
  await using stage = await worlds.cluster(fault, random, folder);
  return await playRound(fault, stage);
}
