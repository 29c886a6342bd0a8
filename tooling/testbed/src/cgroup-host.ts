/** A machine of the cluster gets its part of the cluster's cgroups, as the root of all that it can see of them. */
import { join } from "node:path";
import type { Hierarchy } from "./cgroup-hierarchies.ts";
import { mountOf } from "./cgroup-conf.ts";
import type { CgroupTree } from "./cgroup-tree.ts";

/** The command, as a process of that machine's groups: what it starts is in them, too. To be run on this machine. */
export function inGroupsOf(tree: CgroupTree, host: string, command: readonly string[]): readonly string[] {
  const lists = Object.values(tree).map((folder) => join(folder, host, "cgroup.procs"));
  return [
    "sh",
    "-c",
    `n=$1; shift; while [ $n -gt 0 ]; do echo 0 >"$1" || exit 1; shift; n=$((n - 1)); done; exec "$@"`,
    "join",
    String(lists.length),
    ...lists,
    ...command,
  ];
}

/** Lines of shell for a machine's first process, in a cgroup namespace of its own. */
export const mountHierarchies = (hierarchies: readonly Hierarchy[]): string =>
  hierarchies
    .map(({ controller, together }) => `mount -t cgroup -o ${together} cgroup ${mountOf(controller)} || exit 1`)
    .join("\n");
