/** Workers on many nodes for programs that need no job. (Hyperion.Job: withPoolLauncher) */
import { refuseInWorker } from "@hyperion-ts/remote";
import type { WorkerAddr, WorkerLauncher } from "@hyperion-ts/launcher";
import type { TaskWorker } from "./dispatch/task-launcher.ts";
import type { NodePool, PoolLauncherConfig } from "./run/node-pool.ts";

/** A launcher whose workers have `cpus` CPUs each, of the node with the most idle ones. */
export type LauncherOfCpus = (cpus: number) => WorkerLauncher<{ readonly signal?: AbortSignal }, TaskWorker>;

/**
 * Connects to all nodes at once and makes one pool of those that came up; those that failed are in `leftOut`, with
 * their reasons. Disposing of the pool ends everything on the nodes.
 *
 * @throws LaunchError, with every reason, when fewer nodes than `leastNodes` came up; TypeError or RangeError, which name
 *   the option, when one is wrong or unknown; ProgramInWorkerError or NestedCallError in a worker.
 */
export async function openPoolLauncher(config: PoolLauncherConfig, addrs: readonly WorkerAddr[]): Promise<NodePool> {
  refuseInWorker("openPoolLauncher");
  const [{ connectNodes }, { checkPool }] = await Promise.all([
    import("./run/node-pool.ts"),
    import("./run/check-run-options.ts"),
  ]);
  checkPool("openPoolLauncher", config, addrs);
  return connectNodes(config, addrs);
}

/**
 * Connects to all nodes, hands `use` a launcher for any number of CPUs, and ends everything afterwards.
 *
 * @throws what `openPoolLauncher` and `use` throw.
 * @example
 * await withPoolLauncher({ logDir: "./logs" }, [{ type: "LocalHost" }], async (withCpus) => {
 *   using worker = await withCpus(2).launch({});
 *   return await worker.call(square, 3);
 * });
 */
export async function withPoolLauncher<A>(
  config: PoolLauncherConfig,
  addrs: readonly WorkerAddr[],
  use: (withCpus: LauncherOfCpus) => Promise<A>,
): Promise<A> {
  await using nodePool = await openPoolLauncher(config, addrs);
  return await use((cpus) => nodePool.withCpus(cpus));
}
