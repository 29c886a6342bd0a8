/** All counts in one plain line, for files and continuous integration. Pure. */
import { describeCallWait } from "../dispatch/call-wait.ts";
import { functionColumns } from "./function-columns.ts";
import { clockText, countText } from "./human-numbers.ts";
import type { RunState } from "./run-state.ts";
import type { Line } from "./styled-line.ts";

/** For instance `00:01:42  roots/bracket 31/50, 2 running, 17 waiting, 11.9 calls/s, about 2 s left; 4 remembered`. */
export function countsLine({ functions, remembered, waitingFor, startedAtMs }: RunState, nowMs: number): Line {
  const parts = functions.map((f) => `${f.counts.name} ${functionColumns(f, nowMs).flatMap(({ text }) => (text === "" ? [] : [text])).join(", ")}`);
  // While calls run, those behind them wait for their CPUs: that needs no words.
  if (waitingFor !== null && functions.every(({ counts }) => counts.running === 0)) parts.push(`the next one waits: ${describeCallWait(waitingFor)}`);
  if (remembered > 0) parts.push(`${countText(remembered)} remembered`);
  return [{ text: `${clockText((nowMs - startedAtMs) / 1_000)}  ${parts.join("; ")}` }];
}
