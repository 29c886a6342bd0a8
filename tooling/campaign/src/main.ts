/**
 * `npm run campaign -- [--rounds 20] [--seed 1] [--only NAME ...] [--world laptop|ssh|srun ...] [--concurrency 2]`: prints a
 * table, and each round in which something was found. Ends with code 1 where something was, with 2 where there is no such fault.
 */
import { parseArgs } from "node:util";
import { type PlayedRound, runCampaign } from "./campaign.ts";
import { faults } from "./faults/index.ts";
import { isSound } from "./judge/judge.ts";
import { showRound, table } from "./table.ts";
import { Worlds } from "./world/worlds.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    round: { type: "string", multiple: true },
    seed: { type: "string", default: "1" },
    only: { type: "string", multiple: true },
    world: { type: "string", multiple: true },
    concurrency: { type: "string", default: "2" },
    list: { type: "boolean", default: false },
  },
});

function numberOf(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`--${option} takes a whole number, not ${JSON.stringify(text)}`);
  return process.exit(2);
}

const seed = numberOf("seed", values.seed);
const rounds =
  values.round?.map((text) => numberOf("round", text)) ??
  Array.from({ length: numberOf("rounds", values.rounds) }, (_, i) => i);
const concurrency = numberOf("concurrency", values.concurrency);
const meant = faults.filter(
  ({ name, kind, world }) =>
    (values.only ?? [name]).some((wanted) => wanted === name || wanted === kind) &&
    (values.world ?? [world]).includes(world),
);
if (meant.length === 0) {
  console.error(`There is no such fault. There are: ${faults.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
if (values.list) {
  for (const { name, kind, world } of meant) console.log(`${name} (${kind}, ${world})`);
  process.exit(0);
}
const chosen = meant.filter(({ name, missing }) => {
  const why = missing?.() ?? null;
  if (why !== null) console.log(`${name} can't be done here: ${why}`);
  return why === null;
});

let played: readonly PlayedRound[];
{
  const interrupted = new AbortController();
  const stop = (): void => {
    console.error(
      "The rounds that run are played to their end, which takes a minute at most; then everything is undone.",
    );
    interrupted.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  await using worlds = new Worlds({ concurrency, keepsFolders: true });
  const onRound = (round: PlayedRound): void => {
    if (!isSound(round.verdict) || process.stderr.isTTY) console.error(showRound(round, seed));
  };
  played = await runCampaign(
    { faults: chosen, rounds, seed, concurrency, signal: interrupted.signal, onRound },
    worlds,
  );
}
console.log(table(played));
process.exitCode = played.every(({ verdict }) => isSound(verdict)) && played.length > 0 ? 0 : 1;
