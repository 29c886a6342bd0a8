/** A campaign as text for people: a line for each fault, and what was found in single rounds. */
import type { PlayedRound } from "./campaign.ts";
import { COUNTS, isSound } from "./judge/judge.ts";

const TITLES = [
  "fault",
  "world",
  "rounds",
  "lost",
  "doubled",
  "CPUs twice",
  "left over",
  "hangs",
  "unexpected ends",
  "seconds each",
  "ends",
] as const;
const MAX_FINDINGS = 4;

/** The rounds of each fault, counted. */
export function table(played: readonly PlayedRound[]): string {
  const byFault = Map.groupBy(played, ({ fault }) => fault);
  const rows = [...byFault].map(([{ name, world }, rounds]) => [name, world, ...figures(rounds)]);
  return aligned([[...TITLES], ...rows, ["all", "", ...figures(played)]]);
}

/** What was found in a round, and how to see it again; a line for one in which nothing was. */
export function showRound({ fault, round, seconds, verdict, kept }: PlayedRound, seed: number): string {
  const head = `${fault.name}, round ${round}: ${seconds.toFixed(1)} s`;
  if (isSound(verdict)) return head;
  const findings = COUNTS.flatMap((kind) =>
    [...verdict[kind].slice(0, MAX_FINDINGS), ...more(verdict[kind].length)].map((found) => `  ${kind}: ${found}`),
  );
  return [
    head,
    ...findings,
    `  again: npm run campaign -- --only ${fault.name} --seed ${seed} --round ${round}`,
    ...(kept === null ? [] : [`  its folder: ${kept}`]),
  ].join("\n");
}

const more = (length: number): string[] => (length > MAX_FINDINGS ? [`and ${length - MAX_FINDINGS} more`] : []);

function figures(rounds: readonly PlayedRound[]): string[] {
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0) / rounds.length;
  const found = COUNTS.map((kind) => rounds.reduce((sum, { verdict }) => sum + verdict[kind].length, 0));
  return [rounds.length, ...found, seconds.toFixed(1), endsOf(rounds)].map(String);
}

/** How often the first run ended how, such as `1×17 0×3`. */
const endsOf = (rounds: readonly PlayedRound[]): string =>
  [...Map.groupBy(rounds, ({ end }) => end)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([end, { length }]) => `${end.replaceAll(" ", "-")}×${length}`)
    .join(" ");

/** Text is left-aligned, numbers right-aligned. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = TITLES.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          i < 2 || i === TITLES.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
