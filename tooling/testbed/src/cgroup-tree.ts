/**
 * A cluster's cgroups on the machine: in each of Slurm's hierarchies one folder below the group that its maker is in,
 * and in there one for each machine of the cluster, which is that machine's root (cgroup_namespaces(7)).
 *
 * Unlike namespaces, groups don't go with their last process: empty folders stay. Whoever ends the cluster removes
 * them; where nobody is left to do it, the watcher does (cgroup-watcher.ts); and where that was killed, too, the next
 * cluster that is made.
 */
import { randomUUID } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Controller, Hierarchy } from "./cgroup-hierarchies.ts";
import type { ComputeNode, Host } from "./cluster-plan.ts";
import { isAlive, readProcess } from "@hyperion-ts/processes";
import { waitUntil } from "./wait-until.ts";

/** The cluster's folder in each hierarchy: absolute paths on the machine. */
export type CgroupTree = Readonly<Record<Controller, string>>;

/** Where a cluster's folders will be. The name tells who makes it. */
export function planTree(hierarchies: readonly Hierarchy[]): CgroupTree {
  const name = [PREFIX, process.pid, readProcess(process.pid)?.startTime, randomUUID().slice(0, 8)].join("-");
  return Object.fromEntries(hierarchies.map(({ controller, own }) => [controller, join(own, name)])) as CgroupTree;
}

const PREFIX = "hyperion-testbed";

/** Makes a cluster's folders, empty, below this process's own. */
export function makeTree(tree: CgroupTree): void {
  for (const folder of Object.values(tree)) mkdirSync(folder);
  inheritCpuset(tree.cpuset);
}

/** A machine of the cluster gets power: its groups are there, and nothing is left in them of what was before. */
export async function makeHostGroups(tree: CgroupTree, host: Host | ComputeNode): Promise<void> {
  const folders = Object.values(tree).map((folder) => join(folder, host.name));
  await untilRemoved(folders);
  const below = "cpus" in host ? ["", slurmFolder(host.name)] : [""];
  for (const group of below) {
    for (const folder of folders) mkdirSync(join(folder, group));
    inheritCpuset(join(tree.cpuset, host.name, group));
  }
}

/** What Debian's slurmd calls its part of each hierarchy: it is built for several of them on one machine. */
export const slurmFolder = (node: string): string => `slurm_${node}`;

/** Removes a cluster's folders and all below them, when what was in them has ended. */
export const removeTree = (tree: CgroupTree): Promise<void> => untilRemoved(Object.values(tree));

/** What was in the folders may take a moment to end. */
async function untilRemoved(folders: readonly string[]): Promise<void> {
  const instead = (): string => `These are left: ${folders.filter((folder) => existsSync(folder)).join(", ")}`;
  const isRemoved = (): true | undefined => (folders.map(tryToRemove).every(Boolean) ? true : undefined);
  await waitUntil({ what: "the cluster's cgroups to be empty", timeoutMs: 20_000, instead }, isRemoved);
}

/** Removes what clusters have left whose maker has ended, and whose watcher was killed. Groups with processes stay. */
export function removeLeftTrees(hierarchies: readonly Hierarchy[]): void {
  const folders = hierarchies.flatMap(({ root }) => globSync(`${root}/**/${PREFIX}-*`));
  for (const folder of folders) if (!isMakersAlive(folder) && !hasProcesses(folder)) tryToRemove(folder);
}

function isMakersAlive(folder: string): boolean {
  const [pid = "", startTime = ""] = basename(folder)
    .slice(PREFIX.length + 1)
    .split("-");
  return isAlive({ pid: Number(pid), startTime });
}

const hasProcesses = (folder: string): boolean =>
  readOr(join(folder, "cgroup.procs"), "") !== "" || foldersIn(folder).some((name) => hasProcesses(join(folder, name)));

/** A new cpuset has no CPUs; nothing can enter it then. */
function inheritCpuset(folder: string): void {
  for (const name of ["cpuset.cpus", "cpuset.mems"])
    writeFileSync(join(folder, name), readFileSync(join(folder, "..", name)));
}

function tryToRemove(folder: string): boolean {
  try {
    removeFolder(folder);
  } catch {
    // It is in use; or somebody else removes it at the same time.
  }
  return !existsSync(folder);
}

function removeFolder(folder: string): void {
  for (const name of foldersIn(folder)) removeFolder(join(folder, name));
  rmdirSync(folder);
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function readOr(file: string, other: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return other;
  }
}
