/** Workers on many nodes for programs that need no job. (Hyperion.Job: withPoolLauncher) */
import { refuseInWorker } from "@hyperion-ts/remote";
import type { WorkerAddr, WorkerLauncher } from "@hyperion-ts/launcher";
import type { TaskWorker } from "./dispatch/task-launcher.ts";
import type { PoolLauncher, PoolLauncherConfig } from "./run/pool-launcher.ts";

/** A launcher whose workers have so many CPUs each, on the node with the most idle ones. */
export type LauncherOfCpus = (cpus: number) => WorkerLauncher<{ readonly signal?: AbortSignal }, TaskWorker>;

/**
 * Connects to all nodes at once and makes one pool of those that came up; those that failed are in `leftOut`, with
 * their reasons. Disposing of it ends everything on the nodes. Throws a `LaunchError`, with every reason, when none came up, and
 * a TypeError or RangeError that names the option for a wrong or unknown one.
 */
export async function openPoolLauncher(
  config: PoolLauncherConfig,
  addrs: readonly WorkerAddr[],
): Promise<PoolLauncher> {
  refuseInWorker("openPoolLauncher");
  const [opener, { checkPool }] = await Promise.all([
    import("./run/pool-launcher.ts"),
    import("./run/check-run-options.ts"),
  ]);
  checkPool("openPoolLauncher", config, addrs);
  return opener.openPoolLauncher(config, addrs);
}

/**
 * Connects to all nodes, hands `use` a launcher for any number of CPUs, and ends everything afterwards.
 *
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
  await using launcher = await openPoolLauncher(config, addrs);
  return await use((cpus) => launcher.withCpus(cpus));
}
