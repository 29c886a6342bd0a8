/** What slurm.conf and cgroup.conf say where nodes have cgroups (cgroup.conf(5)), and where slurmd finds them. */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Controller } from "./cgroup-hierarchies.ts";
import { slurmFolder } from "./cgroup-tree.ts";
import type { CgroupTree } from "./cgroup-tree.ts";
import type { ComputeNode } from "./cluster-plan.ts";
import { inside } from "./enter.ts";
import type { SlurmSettings } from "./options.ts";
import { PLACES } from "./places.ts";
import type { ProcessId } from "@hyperion-ts/processes";

/** Jobs are tracked, pinned and limited. `--mem` counts, so that it can be enforced. */
export const cgroupSettings = (nodes: readonly ComputeNode[]): SlurmSettings => ({
  ProctrackType: "proctrack/cgroup",
  TaskPlugin: "task/cgroup,task/affinity",
  SelectTypeParameters: "CR_CPU_Memory",
  // A job that doesn't say how much memory it needs gets its CPUs' part: else it would get all of it, and nobody else a CPU.
  DefMemPerCPU: String(Math.floor(Math.min(...nodes.map(({ memoryMb, cpus }) => memoryMb / cpus)))),
});

/** Without cgroups nothing of this is used, but without the file slurmd looks for systemd. */
export const cgroupConf = (constrained: boolean): string =>
  ["CgroupPlugin=cgroup/v1", "IgnoreSystemd=yes", ...(constrained ? CONSTRAINTS : []), ""].join("\n");

const CONSTRAINTS = [
  `CgroupMountpoint=${PLACES.slurmCgroups}`,
  "ConstrainCores=yes",
  "ConstrainRAMSpace=yes",
  "ConstrainSwapSpace=yes",
  "AllowedSwapSpace=0",
  "ConstrainDevices=yes",
];

/** Where a machine of the cluster finds a hierarchy. */
export const mountOf = (controller: Controller): string => `/sys/fs/cgroup/${controller}`;

/**
 * Makes the places where the machines of the cluster will find their hierarchies, and slurmd's view of them.
 * slurmd takes a folder for a hierarchy only if it has a `release_agent`, which the root of one has and a group made
 * to look like the root has not. So it gets a folder of links to all that the group has, and with that one file.
 */
export function prepareCgroups(init: ProcessId, tree: CgroupTree, nodes: readonly ComputeNode[]): void {
  for (const [controller, folder] of Object.entries(tree) as readonly [Controller, string][]) {
    const view = inside(init, join(PLACES.slurmCgroups, controller));
    mkdirSync(view, { recursive: true });
    mkdirSync(inside(init, mountOf(controller)));
    writeFileSync(join(view, "release_agent"), "\n");
    const names = [...filesIn(folder), ...nodes.map(({ name }) => slurmFolder(name))];
    for (const name of names) symlinkSync(join(mountOf(controller), name), join(view, name));
  }
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
