/** How the calls of one function go, from its counts. Pure. */
import type { FunctionCounts } from "../events/run-event.ts";
import { addSample, type CallSample } from "./call-rate.ts";

/** The calls of one function, and how their numbers have come to be. */
export interface FunctionProgress {
  /** As they were last told. */
  readonly counts: FunctionCounts;
  /** From when the first call ran. */
  readonly samples: readonly CallSample[];
  /** Whether a call has ever run when somebody looked. */
  readonly hasRun: boolean;
  /** Whether a call has ever waited when somebody looked. */
  readonly hasWaited: boolean;
  /** Whether nobody knew how many there would be. */
  readonly wasUncounted: boolean;
}

/** Counts come so often while anything changes, so a function that is new in them began no longer ago. */
const COUNTS_INTERVAL_MS = 1_000;
/** A pause between calls that is longer says nothing about how fast they are. */
const PAUSE_MS = 10_000;

/** What is known of a function with these counts, that came `atMs`; the ones before them were last known at `countedAtMs`. */
export function functionProgress(
  { functions, countedAtMs }: { readonly functions: readonly FunctionProgress[]; readonly countedAtMs: number },
  counts: FunctionCounts,
  atMs: number,
): FunctionProgress {
  const known = functions.find((known) => known.counts.name === counts.name);
  return {
    counts,
    samples: samplesOf(known, counts, { beganAtMs: Math.max(countedAtMs, atMs - COUNTS_INTERVAL_MS), atMs }),
    hasRun: counts.running > 0 || known?.hasRun === true,
    hasWaited: counts.waiting > 0 || known?.hasWaited === true,
    wasUncounted: counts.toCome === null || known?.wasUncounted === true,
  };
}

/** The samples begin when calls run, for the first time and after a pause: workers that start, and a job that does something else, are no calls. */
function samplesOf(
  known: FunctionProgress | undefined,
  counts: FunctionCounts,
  { beganAtMs, atMs }: { readonly beganAtMs: number; readonly atMs: number },
): readonly CallSample[] {
  const samples = known?.samples ?? [];
  const ended = counts.done + counts.failed;
  const before = known === undefined ? 0 : known.counts.done + known.counts.failed;
  if (ended === before && counts.running === 0) return samples;
  const last = samples.at(-1);
  const paused = known !== undefined && known.counts.running === 0 && last !== undefined && atMs - last.atMs > PAUSE_MS;
  return addSample(last === undefined || paused ? [{ atMs: beganAtMs, ended: before }] : samples, { atMs, ended });
}
