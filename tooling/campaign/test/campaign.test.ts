/** One round of the faults on one machine: a third of them, in turn, at moments that the commit decides. */
import { execFileSync } from "node:child_process";
import { afterAll, expect, test } from "vitest";
import { runCampaign } from "../src/campaign.ts";
import { faults } from "../src/faults/index.ts";
import { isSound } from "../src/judge/judge.ts";
import { showRound } from "../src/table.ts";
import { Worlds } from "../src/world/worlds.ts";

const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: import.meta.dirname, encoding: "utf8" });
const seed = Number.parseInt(commit.slice(0, 7), 16);
const inTurn = faults.filter(
  ({ world, missing }, i) => world === "laptop" && i % 3 === seed % 3 && (missing?.() ?? null) === null,
);

const worlds = new Worlds({ concurrency: 1, keepsFolders: false });
afterAll(() => worlds[Symbol.asyncDispose]());

test.concurrent.for(inTurn)(`$name costs nothing (seed ${seed})`, async (fault) => {
  for (const played of await runCampaign({ faults: [fault], rounds: [0], seed, concurrency: 1 }, worlds)) {
    expect(isSound(played.verdict), showRound(played, seed)).toBe(true);
  }
});
