/** How the kernel describes this machine's CPUs, read from sysfs (Documentation/admin-guide/cputopology.rst of Linux). */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "@hyperion-ts/processes/supervision";
import { parseCpuList, parseCpuMask } from "./cpu-list.ts";
import type { CpuGroup, CpuTopology } from "./cpu-order.ts";

/** Where the CPUs that share something with a CPU are listed: the name of newer kernels, and of older ones. */
const CORE_LISTS = [["core_cpus", "thread_siblings"]];
const GROUP_LISTS = [
  ["package_cpus", "core_siblings"],
  ["die_cpus"],
  ["cluster_cpus"],
  ["book_cpus", "book_siblings"],
  ["drawer_cpus", "drawer_siblings"],
];
/** Intel's processors with cores of several kinds have these units. */
const KINDS = ["cpu_core", "cpu_atom", "cpu_lowpower"];

/** Reads below `sys`, by default `/sys`. Null where the kernel does not say which CPUs make a core. */
export function readTopology(sys = "/sys"): CpuTopology | null {
  const system = join(sys, "devices/system");
  const cpus = parseCpuList(readIfThere(join(system, "cpu/online")));
  const online = new Set(cpus);
  const of = (lists: readonly CpuGroup[]): readonly CpuGroup[] =>
    distinct(lists.map((list) => list.filter((id) => online.has(id))));
  const folders = cpus.map((id) => ({ id, folder: join(system, `cpu/cpu${id}`) }));
  const isThere = listsThere(folders);
  const cores = of(siblings(folders, isThere(CORE_LISTS), ["physical_package_id", "core_id"]));
  if (cpus.length === 0 || cores.flat().length !== cpus.length) return null;
  const lists = isThere(GROUP_LISTS);
  const packages =
    lists.length === 0 ? siblings(folders, [], ["physical_package_id"]) : folders.flatMap((cpu) => listed(cpu, lists));
  return {
    cpus,
    cores,
    groups: of([...packages, ...thirdLevelCaches(folders), ...numaNodes(system)]),
    hybrid: KINDS.some((kind) => existsSync(join(sys, "devices", kind))),
  };
}

interface CpuFolder {
  readonly id: number;
  readonly folder: string;
}

/** The name that each list has in this kernel, if it is there. It is looked up once: a machine has very many of these files. */
function listsThere([first]: readonly CpuFolder[]): (lists: readonly (readonly string[])[]) => readonly string[] {
  const names = new Set(first === undefined ? [] : namesIn(join(first.folder, "topology")));
  return (lists) =>
    lists.flatMap((aliases) => aliases.find((name) => names.has(`${name}_list`) || names.has(name)) ?? []);
}

/** The CPUs that sit together with each CPU: as listed, or else those that have the same ids. */
function siblings(
  folders: readonly CpuFolder[],
  lists: readonly string[],
  ids: readonly string[],
): readonly CpuGroup[] {
  const known = folders.map((cpu) => listed(cpu, lists)[0]);
  if (known.every((list) => list !== undefined)) return known;
  const place = ({ folder }: CpuFolder): string =>
    ids.map((name) => readIfThere(join(folder, "topology", name)).trim()).join(":");
  return [...Map.groupBy(folders, place)]
    .filter(([ids]) => /^\d+(:\d+)*$/.test(ids))
    .map(([, members]) => members.map(({ id }) => id));
}

/** The lists of these names that a CPU has. */
const listed = ({ id, folder }: CpuFolder, names: readonly string[]): number[][] =>
  names
    .map((name) => cpusIn(join(folder, "topology", `${name}_list`), join(folder, "topology", name)))
    .filter((list) => list.includes(id));

/** The CPUs in a list. Old kernels have the mask only. */
function cpusIn(listFile: string, maskFile: string): number[] {
  const list = parseCpuList(readIfThere(listFile));
  return list.length > 0 ? list : parseCpuMask(readIfThere(maskFile));
}

/** The CPUs that share each level-3 cache. Those that share one that was found are not looked at again. */
function thirdLevelCaches(folders: readonly CpuFolder[]): readonly CpuGroup[] {
  const seen = new Set<number>();
  return folders.flatMap(({ id, folder }) => {
    if (seen.has(id)) return [];
    const caches = namesIn(join(folder, "cache")).map((name) => join(folder, "cache", name));
    const sharers = caches
      .filter((cache) => readIfThere(join(cache, "level")).trim() === "3")
      .map((cache) => cpusIn(join(cache, "shared_cpu_list"), join(cache, "shared_cpu_map")));
    for (const cpu of sharers.flat()) seen.add(cpu);
    return sharers;
  });
}

const numaNodes = (system: string): number[][] =>
  namesIn(join(system, "node"))
    .filter((name) => /^node\d+$/.test(name))
    .map((name) => join(system, "node", name))
    .map((node) => cpusIn(join(node, "cpulist"), join(node, "cpumap")));

const distinct = (lists: readonly CpuGroup[]): readonly CpuGroup[] => [
  ...new Map(lists.filter((list) => list.length > 0).map((list) => [list.join(), list])).values(),
];

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
