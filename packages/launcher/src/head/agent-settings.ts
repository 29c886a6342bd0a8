/** What a head decides about the agent of a node, and what it tells it. */
import type { NodeSurroundings } from "./node-surroundings.ts";

/** Times, all in milliseconds and above 0. */
export interface AgentTimes {
  /** How long an agent or a worker may take to come up; Infinity: as long as it likes. Default 30,000. */
  readonly connectTimeoutMs: number;
  /** A sign of life is sent at least this often, both ways; not Infinity. Default 2,000. */
  readonly heartbeatMs: number;
  /** A node that was silent for so long is lost: more than `heartbeatMs`; Infinity: none is. Default 10,000. */
  readonly silenceMs: number;
  /** How long running calls may take to end when the connection is closed; 0 too, not Infinity. Default 200. */
  readonly endGraceMs: number;
}

/** What an agent is told when it has greeted. */
export interface AgentSettings {
  readonly times: AgentTimes;
  /** After so long without a sign of the head the agent ends; null: only when its input ends. */
  readonly headSilenceMs: number | null;
  /** In which directory and environment workers run; null: in those of the agent. */
  readonly surroundings: NodeSurroundings | null;
  /** Whether a silent node is only paused. Default: it is not. */
  readonly isPaused?: ((node: string) => Promise<boolean>) | undefined;
  /** What the agent becomes when its head fell silent. Default: it ends. */
  readonly whenHeadIsLost?: readonly string[] | undefined;
}

/** The times of `options`, with defaults. */
export const timesOf = (options: Partial<AgentTimes>): AgentTimes => ({
  connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
  heartbeatMs: options.heartbeatMs ?? 2_000,
  silenceMs: options.silenceMs ?? 10_000,
  endGraceMs: options.endGraceMs ?? 200,
});
