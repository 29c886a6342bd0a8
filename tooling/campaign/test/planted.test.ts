/** The judge on real rounds: what is forged in them is found, and nothing else. */
import { afterAll, expect, test } from "vitest";
import { runCampaign } from "../src/campaign.ts";
import { plantedFaults } from "../src/faults/planted.ts";
import { COUNTS } from "../src/judge/judge.ts";
import { Worlds } from "../src/world/worlds.ts";

const worlds = new Worlds({ concurrency: 1, keepsFolders: false });
afterAll(() => worlds[Symbol.asyncDispose]());

test.concurrent.for(plantedFaults)("$fault.name is found as $finds", async ({ fault, finds }) => {
  const played = await runCampaign({ faults: [fault], rounds: [0], seed: 1, concurrency: 1 }, worlds);
  const found = played.flatMap(({ verdict }) => COUNTS.filter((kind) => verdict[kind].length > 0));
  expect(found, JSON.stringify(played)).toEqual([finds]);
});
