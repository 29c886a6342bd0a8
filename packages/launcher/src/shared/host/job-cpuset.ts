/**
 * The CPUs of a batch job, from the cgroup that Slurm keeps for it on this node. Where that is depends on the version
 * of cgroups, on how Slurm was built and on cgroup.conf:
 *
 * ```
 * version 1   <mount of cpuset>/slurm/uid_1000/job_12                 built for several slurmd: slurm_<node>/...
 * version 2   <mount>/system.slice/slurmstepd.scope/job_12            <slice>/<node>_slurmstepd.scope/...
 *                                                                     since 26.05: .../sA55M89F9V8E00 (the job's SLUID)
 * ```
 *
 * CgroupMountpoint= and CgroupSlice= move them, and so do containers: mounts are asked for, and what is not in its usual
 * place is searched for. (Slurm's src/plugins/cgroup/v1 and v2)
 */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ownerOf, readIfThere } from "@hyperion-ts/processes/supervision";
import { parseCpuList } from "./cpu-list.ts";
import { type CgroupMount, cgroupMounts } from "./cgroup-mounts.ts";

/** A job on a node. */
export interface JobOnNode {
  /** What Slurm calls the node. */
  readonly node: string;
  /** What the job's folders may be called: `job_12`, or its SLUID. The components of a heterogeneous job are jobs of their own. */
  readonly folders: readonly string[];
}

/** On a machine with very many cgroups the search gives up. */
const MAX_FOLDERS = 2_000;
const MAX_DEPTH = 6;

/**
 * The CPUs that the kernel keeps for the job on this node; those of all components that are here. Null where there is
 * no such cgroup, or it binds the job to no CPUs. A folder in which nobody runs is left over from an earlier job, or an
 * earlier start of this one, and one of somebody else's processes is not ours.
 */
export function jobCpuset(
  { node, folders }: JobOnNode,
  mounts: readonly CgroupMount[] = cgroupMounts(),
  uid: number = process.getuid?.() ?? 0,
): number[] | null {
  const wanted = new Set(folders);
  const trees = mounts.filter(({ version, controllers }) => version === 2 || controllers.includes("cpuset"));
  const cpus =
    wanted.size === 0
      ? []
      : trees.flatMap((mount) => jobFolders(mount, node, wanted, uid).flatMap((folder) => cpusOf(mount, folder)));
  return cpus.length === 0 ? null : [...new Set(cpus)].toSorted((a, b) => a - b);
}

function jobFolders(mount: CgroupMount, node: string, wanted: ReadonlySet<string>, uid: number): string[] {
  const holders =
    mount.version === 1
      ? [`slurm/uid_${uid}`, `slurm_${node}/uid_${uid}`]
      : ["system.slice/slurmstepd.scope", `system.slice/${node}_slurmstepd.scope`];
  const within = (folder: string): string[] =>
    subfolders(folder)
      .filter((name) => wanted.has(name))
      .map((name) => join(folder, name));
  const usual = holders.flatMap((holder) => within(join(mount.folder, holder)));
  const found =
    usual.length > 0 ? usual : search(mount.folder, (folder) => isHolder(mount, folder, node, uid)).flatMap(within);
  return found.filter((folder) => isLive(folder, mount.version === 2 ? uid : undefined));
}

/** Whether Slurm keeps jobs of ours in this folder: not so where another node's slurmd runs on this machine, too. */
function isHolder({ version }: CgroupMount, folder: string, node: string, uid: number): boolean {
  const name = basename(folder);
  if (version === 2) return name === "slurmstepd.scope" || name === `${node}_slurmstepd.scope`;
  return name === `uid_${uid}` && ["slurm", `slurm_${node}`].includes(basename(dirname(folder)));
}

/** Searches level by level, because what is looked for is near the top. */
function search(top: string, isWanted: (folder: string) => boolean): string[] {
  const found: string[] = [];
  let level = [top];
  let left = MAX_FOLDERS;
  for (let depth = 0; depth < MAX_DEPTH && left > 0; depth += 1) {
    const next = level.slice(0, left).flatMap((folder) => subfolders(folder).map((name) => join(folder, name)));
    left -= level.length;
    found.push(...next.filter(isWanted));
    level = next.filter((folder) => !isWanted(folder));
  }
  return found;
}

/** Whether processes run there, and, where `uid` is given, whether those that can be seen are that user's, or all root's. */
function isLive(folder: string, uid: number | undefined): boolean {
  const pids = processesBelow(folder, 0);
  if (pids.length === 0 || uid === undefined) return pids.length > 0;
  const owners = pids.flatMap((pid) => ownerOf(pid) ?? []);
  return owners.includes(uid) || owners.every((owner) => owner === 0);
}

const processesBelow = (folder: string, depth: number): number[] => [
  ...readIfThere(join(folder, "cgroup.procs"))
    .split("\n")
    .filter((pid) => pid !== "")
    .map(Number),
  ...(depth < MAX_DEPTH ? subfolders(folder).flatMap((name) => processesBelow(join(folder, name), depth + 1)) : []),
];

/** The CPUs of a job's cgroup. Without ConstrainCores the cgroup is there, but names no CPUs; it then has those of the folders above. */
function cpusOf({ version }: CgroupMount, folder: string): number[] {
  const asked = parseCpuList(readIfThere(join(folder, "cpuset.cpus")));
  return version === 1 || asked.length === 0 ? asked : parseCpuList(readIfThere(join(folder, "cpuset.cpus.effective")));
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
