/** What a program on many nodes tells of its start. */
export interface StartFigures {
  /** Times since the head began to connect, in milliseconds: until the first node was there, until all were. */
  readonly firstNodeMs: number;
  readonly allNodesMs: number;
  /** Until the first call had its result, and until each node had given one. */
  readonly firstResultMs: number;
  readonly allResultsMs: number;
  /** How long a session took to open, the median: connecting and logging in. What follows until the node is ready is its agent's start. */
  readonly openMs: number;
  /** Nodes that could not be used. */
  readonly leftOut: number;
  /** Attempts to connect beyond the first of each node. */
  readonly repeated: number;
  /** The most sessions that were being opened at once. */
  readonly mostAtOnce: number;
  /** CPU time until each node had given a result, divided by the nodes, in milliseconds. */
  readonly headCpuMs: number;
  readonly agentCpuMs: number;
  readonly workerCpuMs: number;
  readonly sshdCpuMs: number;
  /** The head's resident memory, and how much more of its own it has for each node, in megabytes. */
  readonly headMb: number;
  readonly headMbPerNode: number;
}
