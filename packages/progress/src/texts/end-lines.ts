/** The last lines of a run: how it ended, and its totals. Pure. */
import type { RunEvent } from "../events/run-event.ts";
import { hasEnded } from "../events/slurm-job.ts";
import { isCutShort, leftCalls, openCalls } from "./function-columns.ts";
import { countText, durationText, plural } from "./human-numbers.ts";
import { paragraph } from "./paragraph.ts";
import type { RunState } from "../state/run-state.ts";
import type { StyledLine } from "./styled-line.ts";

type RunEnded = Extract<RunEvent, { type: "run-ended" }>;

/** For instance `done in 3.2 s: 60 calls, 0 failed`; why it failed, as far as that was not shown yet, and how to go on. */
export function endLines(state: RunState, { outcome, seconds, message }: RunEnded): readonly StyledLine[] {
  const time = durationText(seconds);
  switch (outcome) {
    case "done":
      return [[{ text: `done in ${time}`, style: "green" }, { text: `: ${doneText(state)}` }]];
    case "failed":
      return [
        [{ text: `failed after ${time}`, style: "red" }, { text: `: ${totalsText(state)}` }],
        ...reason(state, message),
      ];
    case "interrupted":
      return [
        [{ text: `interrupted after ${time}`, style: "yellow" }, { text: `: ${totalsText(state)}` }],
        ...jobsThatGoOn(state),
        ...callsThatAreHeld(state),
        [{ text: `  what was stored is in ${state.database}: run the same command again to go on from there` }],
      ];
    default:
      return outcome satisfies never;
  }
}

/** So many ids are still read. */
const MAX_IDS = 20;

/** Calls that have failed, and those whose jobs have: their holds stay. */
function callsThatAreHeld({ slurmJobs, heldCalls }: RunState): readonly StyledLine[] {
  const held = [...[...slurmJobs.values()].flatMap(({ news }) => news.hold ?? []), ...heldCalls];
  if (held.length === 0) return [];
  const [are, them] = held.length === 1 ? ["is", "it"] : ["are", "them"];
  return [
    [{ text: `  ${plural(held.length, "failed call")} ${are} held: hyperion holds shows why, and what helps ${them}` }],
  ];
}

/** An interruption leaves them, and the next run of the program joins them. */
function jobsThatGoOn({ slurmJobs }: RunState): readonly StyledLine[] {
  const open = [...slurmJobs.values()].filter(({ news }) => !hasEnded(news) && news.hold === undefined);
  const ids = open.flatMap(({ news }) => news.jobId ?? []).toSorted((a, b) => a - b);
  if (ids.length === 0) return [];
  const [go, them] = ids.length === 1 ? ["goes", "it"] : ["go", "them"];
  const shown = ids.length <= MAX_IDS ? ids : [...ids.slice(0, MAX_IDS), "..."];
  return [
    [{ text: `  ${plural(ids.length, "Slurm job")} ${go} on; run the same command again to join ${them}` }],
    [{ text: `  scancel ${shown.join(" ")} ends ${them}` }],
  ];
}

function doneText(state: RunState): string {
  if (state.functions.length > 0) return totalsText(state);
  const parts = [...rememberedText(state), ...removedText(state)];
  return parts.length === 0 ? "no calls" : parts.join("; ");
}

function rememberedText({ remembered }: RunState): readonly string[] {
  if (remembered === 0) return [];
  const results = remembered === 1 ? "the one result was" : `all ${countText(remembered)} results were`;
  return [`nothing to compute: ${results} in the database`];
}

const removedText = ({ removed }: RunState): readonly string[] =>
  removed === 0 ? [] : [`${plural(removed, "result")} removed`];

function totalsText(state: RunState): string {
  const { functions, remembered, phase, slurmJobs } = state;
  const sum = (part: (f: RunState["functions"][number]) => number): number =>
    functions.reduce((total, f) => total + part(f), 0);
  const failed = sum(({ counts }) => counts.failed);
  const parts = [
    plural(sum(({ counts }) => counts.done) + failed, slurmJobs.size > 0 ? "job" : "call"),
    `${countText(failed)} failed`,
  ];
  const optional = [
    [sum(({ counts }) => counts.retried), "rerun"],
    [isCutShort(phase) ? 0 : sum(({ counts }) => counts.cancelled), "cancelled"],
    [isCutShort(phase) ? sum(leftCalls) : sum(openCalls), "not done"],
    [remembered, "remembered"],
  ] as const;
  return [
    ...parts,
    ...optional.filter(([count]) => count > 0).map(([count, what]) => `${countText(count)} ${what}`),
    ...removedText(state),
  ].join(", ");
}

/** Behind the message there may be lines that say where in the program. */
function reason({ failures }: RunState, message: string | null): readonly StyledLine[] {
  if (message === null) return [];
  const shown = failures.find((failure) => message === failure || message.startsWith(`${failure}\n`));
  const rest = shown === undefined ? message : message.slice(shown.length + 1);
  return rest === "" ? [] : paragraph("  ", rest);
}
