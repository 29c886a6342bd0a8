/**
 * Where this process's cgroups are. Version 1 has a tree for each controller, or a few together; version 2 has one tree
 * for all; some machines have both. (cgroups(7), proc_pid_mountinfo(5))
 */
import { dirname, join } from "node:path";
import { readIfThere } from "@hyperion-ts/processes/supervision";

/** A tree of cgroups that can be seen here. */
export interface CgroupMount {
  /** The version of cgroups. */
  readonly version: 1 | 2;
  /** The controllers that a tree of version 1 has; empty for version 2, where each folder says it. */
  readonly controllers: readonly string[];
  /** The tree's top, as far as it can be seen. */
  readonly folder: string;
  /** What the kernel calls this folder: `/`, unless a container sees a part of the tree only. */
  readonly root: string;
}

/** This process's cgroup in one of the trees. */
export interface OwnCgroup {
  /** The version of cgroups. */
  readonly version: 1 | 2;
  /** The controllers of the tree, where it is of version 1. */
  readonly controllers: readonly string[];
  /** Its folder, and those above it, the innermost first: a limit of any of them counts. */
  readonly folders: readonly string[];
}

/** The trees that the system calls mounted. */
export const cgroupMounts = (): readonly CgroupMount[] => parseCgroupMounts(readIfThere("/proc/self/mountinfo"));

/** Reads `/proc/self/mountinfo`. */
export const parseCgroupMounts = (mountinfo: string): readonly CgroupMount[] =>
  mountinfo.split("\n").flatMap((line): readonly CgroupMount[] => {
    const [mount = "", filesystem = ""] = line.split(" - ");
    const [, , , root = "/", folder = ""] = mount.split(" ").map(unescaped);
    const [type, , options = ""] = filesystem.split(" ");
    if (type === "cgroup2") return [{ version: 2, controllers: [], folder, root }];
    return type === "cgroup" ? [{ version: 1, controllers: options.split(","), folder, root }] : [];
  });

/** A space, a tab, a backslash and an end of line are written in octal. */
const unescaped = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));

/** This process's cgroups. */
export const ownCgroups = (): readonly OwnCgroup[] => findOwnCgroups(cgroupMounts(), readIfThere("/proc/self/cgroup"));

/** Finds the cgroups that `/proc/self/cgroup` names below the mounts. */
export function findOwnCgroups(mounts: readonly CgroupMount[], selfCgroup: string): readonly OwnCgroup[] {
  const lines = selfCgroup.split("\n").flatMap((line) => {
    const [, id, controllers = "", path = ""] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [{ version: controllers === "" ? 2 : 1, controllers: controllers.split(","), path }];
  });
  return mounts.flatMap((mount) => {
    const line = lines.find(
      ({ version, controllers }) =>
        version === mount.version && (version === 2 || controllers.some((name) => mount.controllers.includes(name))),
    );
    return line === undefined
      ? []
      : [
          {
            version: mount.version,
            controllers: mount.controllers,
            folders: upTo(mount.folder, folderIn(mount, line.path)),
          },
        ];
  });
}

/** The folder of a cgroup. Where its path is outside of what is mounted, as in a container, the top is as near as we get. */
function folderIn({ folder, root }: CgroupMount, path: string): string {
  const above = root === "/" ? "" : root;
  return path.startsWith("/..") || (path !== above && !path.startsWith(`${above}/`))
    ? folder
    : join(folder, path.slice(above.length), ".");
}

const upTo = (top: string, folder: string): string[] =>
  folder === top || !folder.startsWith(top) ? [top] : [folder, ...upTo(top, dirname(folder))];
