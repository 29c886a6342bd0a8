/**
 * How large the nodes of a partition are, and what none of them can ever hold: such a job is not submitted, as most sites take it,
 * and it waits for ever. Limits that a QOS, a reservation or an administrator may change are only told (partition-limits.ts).
 * (sinfo(1)) Pure.
 */
import { memoryMegabytes } from "./memory-size.ts";
import type { SbatchOptions } from "./sbatch-options.ts";

/** Nodes of one size. */
export interface NodeSize {
  readonly count: number;
  readonly cpus: number;
  readonly megabytes: number;
}

/** What is known of a partition's nodes. */
export interface PartitionNodes {
  readonly name: string;
  readonly totalNodes: number;
  /** None where they are not known. */
  readonly sizes: readonly NodeSize[];
}

/** The argument vector of one sinfo: a line for each partition and size. */
export const NODE_SIZES_QUESTION = ["sinfo", "--all", "--exact", "--noheader", "--format=%R|%D|%c|%m"] as const;

/** What sinfo answers, by the names of the partitions. */
export function parseNodeSizes(text: string): ReadonlyMap<string, readonly NodeSize[]> {
  const sizes = new Map<string, readonly NodeSize[]>();
  for (const line of text.split("\n")) {
    const [, name = "", ...numbers] = /^(.+)\|(\d+)\|(\d+)\|(\d+) *$/.exec(line) ?? [];
    const [count = 0, cpus = 0, megabytes = 0] = numbers.map(Number);
    if (name !== "") sizes.set(name, [...(sizes.get(name) ?? []), { count, cpus, megabytes }]);
  }
  return sizes;
}

/** The least that a job asks for. */
interface Asked {
  readonly nodes: number;
  readonly cpus: number;
  readonly megabytes: number;
}

/**
 * Why no nodes of these partitions can ever hold the job: a clause with both numbers. Undefined where some can, and where that is
 * not certain: Slurm shows not all nodes (those of a cloud come and go), or other options decide.
 */
export function neverHeld(options: SbatchOptions, partitions: readonly PartitionNodes[]): string | undefined {
  const { further, reservation, nodes, nTasksPerNode, cpusPerTask, mem } = options;
  if ((further ?? []).length > 0 || (reservation ?? []).length > 0 || partitions.length === 0) return undefined;
  const asked = {
    nodes: (typeof nodes === "number" ? nodes : nodes?.min) ?? 1,
    cpus: (nTasksPerNode ?? 1) * (cpusPerTask ?? 1),
    megabytes: typeof mem === "object" && mem !== null ? memoryMegabytes(mem) : 0,
  };
  const obstacles = partitions.map((partition) => obstacleIn(partition, asked));
  return obstacles.includes(undefined) ? undefined : `it asks for ${obstacles.join("; and for ")}`;
}

function obstacleIn(
  { name, totalNodes, sizes }: PartitionNodes,
  { nodes, cpus, megabytes }: Asked,
): string | undefined {
  const count = (held: readonly NodeSize[]): number => held.reduce((sum, size) => sum + size.count, 0);
  if (totalNodes === 0 || count(sizes) !== totalNodes) return undefined;
  const mostCpus = Math.max(...sizes.map((size) => size.cpus));
  const mostMegabytes = Math.max(...sizes.map((size) => size.megabytes));
  const holding = count(sizes.filter((size) => size.cpus >= cpus && size.megabytes >= megabytes));
  if (nodes > totalNodes) return `${nodes} nodes, and the partition ${name} has ${totalNodes}`;
  if (cpus > mostCpus)
    return `${cpus} CPUs on each node, and no node of the partition ${name} has more than ${mostCpus}`;
  if (megabytes > mostMegabytes)
    return `${megabytes} MB of memory on each node, and no node of the partition ${name} has more than ${mostMegabytes}`;
  return nodes > holding
    ? `${nodes} nodes with ${cpus} CPUs and ${megabytes} MB of memory each, and the partition ${name} has ${holding} of that size`
    : undefined;
}
