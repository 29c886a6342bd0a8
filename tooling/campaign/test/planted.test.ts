/** The judge on real rounds: what is forged in them is found, and nothing else. */
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { type PlayedRound, runCampaign } from "../src/campaign.ts";
import { plantedFaults } from "../src/faults/planted.ts";
import { counts } from "../src/judge/judge.ts";
import { Worlds } from "../src/world/worlds.ts";

test.concurrent.for(plantedFaults)("$fault.name is found as $finds", async ({ fault, finds }) => {
  let played: readonly PlayedRound[];
  {
    await using worlds = new Worlds(1);
    played = await runCampaign({ faults: [fault], rounds: [0], seed: 1, concurrency: 1 }, worlds);
  }
  const found = played.flatMap(({ verdict }) => counts.filter((kind) => verdict[kind].length > 0));
  expect(found, JSON.stringify(played)).toEqual([finds]);
  for (const { kept } of played) if (kept !== null) rmSync(dirname(kept), { recursive: true });
});
