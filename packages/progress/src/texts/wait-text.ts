/** Why nothing runs: no wait is silent. Pure. */
import { describeCallWait } from "../events/call-wait.ts";
import { plural } from "./human-numbers.ts";
import type { RunState } from "../state/run-state.ts";

/** A run may be idle for so long without a word. */
const SILENT_MS = 2_000;

/** What all wait for; null while calls run: those behind them wait for their CPUs, which needs no words. */
export function waitText({ idleSinceMs, nodes, connecting, waitingFor, phase }: RunState): string | null {
  if (idleSinceMs === null || phase.kind === "ended") return null;
  if (nodes.size === 0 && connecting > 0) return connectingText(connecting);
  return waitingFor === null ? null : `the next one waits: ${describeCallWait(waitingFor)}`;
}

/** `connecting to 3 nodes`. */
export const connectingText = (nodes: number): string => `connecting to ${plural(nodes, "node")}`;

/** Whether it is time to say so. */
export const isSilent = ({ idleSinceMs }: RunState, nowMs: number): boolean =>
  idleSinceMs !== null && nowMs - idleSinceMs >= SILENT_MS;
