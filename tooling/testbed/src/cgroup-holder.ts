/** The process that holds a cluster with cgroups, and these: whatever becomes of the two, they end together. */
import { ownHierarchies } from "./cgroup-hierarchies.ts";
import { makeTree, planTree, removeLeftTrees, removeTree } from "./cgroup-tree.ts";
import { startWatcher } from "./cgroup-watcher.ts";
import { startHolder } from "./holder.ts";
import type { Holder, Lifetime } from "./holder.ts";

/**
 * A holder whose nodes have cgroups of their own.
 *
 * @throws TestbedError `not-started` when the holder does not come up
 */
export async function startHolderWithCgroups(lifetime: Lifetime): Promise<Holder> {
  const hierarchies = ownHierarchies();
  removeLeftTrees(hierarchies);
  const cgroups = planTree(hierarchies);
  const watched = startWatcher(cgroups);
  try {
    makeTree(cgroups);
    return { ...(await startHolder(lifetime, watched)), cgroups };
  } catch (error) {
    await removeTree(cgroups);
    throw error;
  } finally {
    watched.destroy();
  }
}
