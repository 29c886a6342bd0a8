/** What a program on many nodes tells of its start. */
export interface StartFigures {
  /** Times are since the head began to connect, in milliseconds: until the first node was there. */
  readonly firstNodeMs: number;
  /** Until all nodes were there. */
  readonly allNodesMs: number;
  /** Until the first call had its result. */
  readonly firstResultMs: number;
  /** Until each node had given a result. */
  readonly allResultsMs: number;
  /** How long a session took to open, the median: connecting and logging in. What follows until the node is ready is its agent's start. */
  readonly openMs: number;
  /** Nodes that could not be used. */
  readonly leftOut: number;
  /** Attempts to connect beyond the first of each node. */
  readonly repeated: number;
  /** The most sessions that were being opened at once. */
  readonly mostAtOnce: number;
  /** CPU times until each node had given a result, divided by the nodes, in milliseconds: of the head. */
  readonly headCpuMs: number;
  /** Of the agents. */
  readonly agentCpuMs: number;
  /** Of the workers. */
  readonly workerCpuMs: number;
  /** Of sshd and its sessions. */
  readonly sshdCpuMs: number;
  /** The head's resident memory, in megabytes. */
  readonly headMb: number;
  /** How much more memory of its own the head has for each node, in megabytes. */
  readonly headMbPerNode: number;
}
