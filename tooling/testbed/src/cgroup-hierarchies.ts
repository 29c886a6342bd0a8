/** Where this machine's cgroups of version 1 are (cgroups(7)), and which group of each this process is in. Pure but for the reading. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What Slurm's plugin for version 1 uses; each is a hierarchy of its own. */
export const CONTROLLERS = ["cpuset", "memory", "devices", "freezer", "cpuacct"] as const;
/** One of them. */
export type Controller = (typeof CONTROLLERS)[number];

/** One hierarchy, as this process sees it. */
export interface Hierarchy {
  /** What it constrains. */
  readonly controller: Controller;
  /** All that are in it, as mount(8) has to be told: `cpu,cpuacct`. */
  readonly together: string;
  /** Where it is mounted. */
  readonly root: string;
  /** This process's own group: a folder at or below `root`. What is made below it has no more than this process may have. */
  readonly own: string;
}

/** Those of Slurm's controllers that are there; fewer than `CONTROLLERS` where the machine has cgroups of version 2. */
export const ownHierarchies = (): readonly Hierarchy[] =>
  hierarchiesIn(readFileSync("/proc/self/mountinfo", "utf8"), readFileSync("/proc/self/cgroup", "utf8"));

/**
 * @param mountinfo /proc/self/mountinfo (proc(5)): `ID PARENT DEVICE ROOT PLACE OPTIONS [TAGS] - cgroup SOURCE SUPER-OPTIONS`
 * @param cgroup /proc/self/cgroup: `ID:CONTROLLERS:GROUP`
 */
export const hierarchiesIn = (mountinfo: string, cgroup: string): readonly Hierarchy[] =>
  CONTROLLERS.flatMap((controller) => {
    const mounted = mountinfo
      .split("\n")
      .flatMap(mountOf)
      .find((mount) => mount.options.includes(controller));
    const [, together = "", ...group] =
      cgroup
        .split("\n")
        .map((line) => line.split(":"))
        .find(([, names = ""]) => names.split(",").includes(controller)) ?? [];
    if (mounted === undefined || together === "") return [];
    return [
      {
        controller,
        together,
        root: mounted.place,
        own: join(mounted.place, withoutRoot(group.join(":"), mounted.root)),
      },
    ];
  });

interface CgroupMount {
  readonly root: string;
  readonly place: string;
  readonly options: readonly string[];
}

function mountOf(line: string): readonly CgroupMount[] {
  const [left = "", right = ""] = line.split(" - ", 2);
  const [, , , root = "", place = ""] = left.split(" ");
  const [type, , options = ""] = right.split(" ");
  return type === "cgroup" ? [{ root, place, options: options.split(",") }] : [];
}

/** In a container only the container's own group may be mounted: what is above it is not to be seen. */
function withoutRoot(group: string, root: string): string {
  if (root === "/") return group;
  return group.startsWith(`${root}/`) ? group.slice(root.length) : "";
}
