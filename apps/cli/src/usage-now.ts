/** How busy workers and nodes are: what follows from two answers of a run. Pure. */
import type { NodeUsage, UsageReport, WorkerUsage } from "@hyperion-ts/control";

/** A worker between two looks. */
export interface WorkerUsageNow extends WorkerUsage {
  readonly node: string;
  /** CPU time in percent of one CPU; null: it was not there at the first look. */
  readonly cpuPercent: number | null;
}

/** A node between two looks. */
export interface NodeUsageNow extends Omit<NodeUsage, "workers"> {
  /** How many workers live there. */
  readonly workers: number;
  /** What they use, in percent of one CPU. */
  readonly workersCpuPercent: number | null;
  /** What all that runs on the machine uses, in percent of one CPU. */
  readonly cpuPercent: number | null;
}

/** What a run uses, the busiest first. */
export interface UsageNow {
  readonly workers: readonly WorkerUsageNow[];
  readonly nodes: readonly NodeUsageNow[];
  /** Nodes that have not answered. */
  readonly silent: readonly string[];
}

/** What is used between two looks; with one look only, memory alone is known. */
export function usageBetween(before: UsageReport | undefined, now: UsageReport): UsageNow {
  const nodes = now.nodes.map((node) =>
    nodeBetween(
      before?.nodes.find((earlier) => earlier.node === node.node),
      node,
    ),
  );
  return {
    workers: nodes.flatMap(({ workers }) => workers).toSorted((a, b) => busyOf(b) - busyOf(a) || a.pid - b.pid),
    nodes: nodes.map(({ node }) => node).toSorted((a, b) => busyOf(b) - busyOf(a)),
    silent: now.silent,
  };
}

const busyOf = ({ cpuPercent }: { readonly cpuPercent: number | null }): number => cpuPercent ?? -1;

function nodeBetween(
  before: NodeUsage | undefined,
  { workers, ...now }: NodeUsage,
): { readonly node: NodeUsageNow; readonly workers: readonly WorkerUsageNow[] } {
  const seconds = before === undefined ? 0 : now.atSeconds - before.atSeconds;
  // An agent that was started anew has another clock, and the time of a process that ended unheard is gone.
  const percent = (earlier: number | undefined, later: number): number | null =>
    earlier === undefined || seconds <= 0 ? null : Math.max(0, (100 * (later - earlier)) / seconds);
  const busy = workers.map((worker): WorkerUsageNow => {
    const earlier = before?.workers.find(({ pid }) => pid === worker.pid);
    return { ...worker, node: now.node, cpuPercent: percent(earlier?.cpuSeconds, worker.cpuSeconds) };
  });
  return {
    workers: busy,
    node: {
      ...now,
      workers: workers.length,
      workersCpuPercent: seconds <= 0 ? null : busy.reduce((sum, { cpuPercent }) => sum + (cpuPercent ?? 0), 0),
      cpuPercent: percent(before?.busySeconds, now.busySeconds),
    },
  };
}
