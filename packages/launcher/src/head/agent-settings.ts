/** What a head decides about the agent of a node, and what it tells it. */
import type { Times } from "./launcher-options.ts";
import type { NodeSurroundings } from "./node-surroundings.ts";

/** What an agent is told when it has greeted. */
export interface AgentSettings {
  /** How long everything may take. */
  readonly times: Times;
  /** In which directory and environment workers run; null: in those of the agent. */
  readonly surroundings: NodeSurroundings | null;
  /** Whether a silent node is only paused. Default: it is not. */
  readonly isPaused?: ((node: string) => Promise<boolean>) | undefined;
  /** What the agent becomes when its head fell silent. Default: it ends. */
  readonly whenHeadIsLost?: readonly string[] | undefined;
}
