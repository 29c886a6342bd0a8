/** What is said about the calls of one function, in the live block and in plain lines. Pure. */
import { callRate, meanCallRate } from "../state/call-rate.ts";
import { countText, rateText, timeLeftText } from "./human-numbers.ts";
import type { FunctionProgress } from "../state/function-progress.ts";
import type { RunPhase } from "../state/run-state.ts";
import type { Span } from "./styled-line.ts";

/** After so long without calls a function is taken to be through: a job that awaits each of them has moments without. */
const QUIET_MS = 3_000;
/** From fewer calls nothing can be told about the others. */
const FEW = 2;

/** Calls that are wanted and have not ended. */
export const openCalls = ({ counts }: FunctionProgress): number => counts.waiting + counts.loading + counts.running;

/** Calls that were asked for and not made, because the run ended first. */
export const leftCalls = (progress: FunctionProgress): number =>
  openCalls(progress) + progress.counts.cancelled + (progress.counts.toCome ?? 0);

/** Whether a run ends, or has ended, before its job is done. */
export const isCutShort = (phase: RunPhase): boolean =>
  phase.kind === "interrupted" || (phase.kind === "ended" && phase.outcome !== "done");

/** Whether nothing is left to do, and nothing was asked for a moment ago. */
export function isThrough(progress: FunctionProgress, phase: RunPhase, nowMs: number): boolean {
  if (openCalls(progress) > 0 || progress.counts.toCome !== 0) return false;
  return phase.kind === "ended" || nowMs - (progress.samples.at(-1)?.atMs ?? 0) > QUIET_MS;
}

/**
 * `31/50`, `2 running` (or `2 running, 1 loading`), `17 waiting`, `1 failed`, `1 rerun`, `11.9 calls/s`, `about 2 s left`; empty where there is nothing
 * to say. `31 done`, and no time left, where nobody knows how many there will be.
 */
export function functionColumns(progress: FunctionProgress, phase: RunPhase, nowMs: number): readonly Span[] {
  const { done, failed, waiting, loading, running, retried } = progress.counts;
  const through = isThrough(progress, phase, nowMs);
  const stays = !through && phase.kind !== "ended";
  const rate = through ? meanCallRate(progress.samples) : callRate(progress.samples, nowMs);
  const total = wholeNumber(progress, phase);
  const left = total === null ? 0 : total - done - failed;
  const known = done + failed >= FEW;
  return [
    { text: total === null ? `${countText(done)} done` : `${countText(done)}/${countText(total)}` },
    both(some(running, "running", stays && progress.hasRun), some(loading, "loading")),
    some(waiting, "waiting", stays && progress.hasWaited),
    { ...some(failed, "failed"), style: "red" },
    { ...some(retried, "rerun"), style: "yellow" },
    { text: known && rate > 0 ? rateText(rate) : "" },
    { text: known && left > 0 && rate > 0 && phase.kind === "running" ? timeLeftText(left / rate) : "" },
  ];
}

/** How many calls were asked for; null where nobody knows. Those that were cancelled count where the run was cut short: they are what is missing. */
function wholeNumber(progress: FunctionProgress, phase: RunPhase): number | null {
  const { done, failed, cancelled, toCome } = progress.counts;
  if (toCome === null || (progress.wasUncounted && isCutShort(phase))) return null;
  return done + failed + openCalls(progress) + toCome + (isCutShort(phase) ? cancelled : 0);
}

const both = (first: Span, second: Span): Span => ({
  text: [first.text, second.text].filter((text) => text !== "").join(", "),
});

/** A state that has been shown stays while calls go on: what comes and goes each second can't be read. */
const some = (count: number, state: string, stays = false): Span => ({
  text: count === 0 && !stays ? "" : `${countText(count)} ${state}`,
});
