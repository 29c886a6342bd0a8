/** All counts in one plain line, for files and continuous integration. Pure. */
import { functionColumns } from "./function-columns.ts";
import { clockText, countText } from "./human-numbers.ts";
import type { RunState } from "../state/run-state.ts";
import { waitText } from "./wait-text.ts";
import type { StyledLine } from "./styled-line.ts";

/** For instance `00:01:42  roots/bracket 31/50, 2 running, 17 waiting, 11.9 calls/s, about 2 s left; 4 remembered`. */
export function countsLine(state: RunState, nowMs: number): StyledLine {
  const { functions, remembered, startedAtMs, phase } = state;
  const parts = functions.map(
    (f) =>
      `${f.counts.name} ${functionColumns(f, phase, nowMs)
        .flatMap(({ text }) => (text === "" ? [] : [text]))
        .join(", ")}`,
  );
  const wait = waitText(state);
  if (wait !== null) parts.push(wait);
  if (remembered > 0) parts.push(`${countText(remembered)} remembered`);
  return [{ text: `${clockText((nowMs - startedAtMs) / 1_000)}  ${parts.join("; ")}` }];
}
