/** What is said about the calls of one function, in the live block and in plain lines. Pure. */
import { callRate, meanCallRate } from "./call-rate.ts";
import { countText, rateText, timeLeftText } from "./human-numbers.ts";
import type { FunctionProgress } from "./run-state.ts";
import type { Span } from "./styled-line.ts";

/** Calls that are wanted and have not ended. */
export const openCalls = ({ counts }: FunctionProgress): number => counts.waiting + counts.running;

/** `31/50`, `2 running`, `17 waiting`, `1 failed`, `1 rerun`, `11.9 calls/s`, `about 2 s left`; empty where there is nothing to say. */
export function functionColumns(progress: FunctionProgress, nowMs: number): readonly Span[] {
  const { done, failed, waiting, running, retried } = progress.counts;
  const open = openCalls(progress);
  const rate = open > 0 ? callRate(progress.samples, nowMs) : meanCallRate(progress.samples);
  return [
    { text: `${countText(done)}/${countText(done + failed + open)}` },
    some(running, "running"),
    some(waiting, "waiting"),
    { ...some(failed, "failed"), style: "red" },
    { ...some(retried, "rerun"), style: "yellow" },
    { text: done + failed < 2 ? "" : rateText(rate) },
    { text: open > 0 && rate > 0 ? timeLeftText(open / rate) : "" },
  ];
}

const some = (count: number, state: string): Span => ({ text: count === 0 ? "" : `${countText(count)} ${state}` });
