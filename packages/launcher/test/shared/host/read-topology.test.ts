import { expect, test } from "vitest";
import { slurmCores } from "../../../src/shared/host/cpu-order.ts";
import { readTopology } from "../../../src/shared/host/read-topology.ts";
import { fakeTree } from "./fake-tree.ts";

/** What is read where these files are below /sys/devices. */
function topologyOf(files: Readonly<Record<string, string>>): ReturnType<typeof readTopology> {
  using tree = fakeTree(Object.fromEntries(Object.entries(files).map(([name, text]) => [`devices/${name}`, text])));
  return readTopology(tree.folder);
}

/** The files of each CPU, below its topology folder unless they say otherwise. */
function cpuFiles(...cpus: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const files = cpus.flatMap((cpu, id) =>
    Object.entries(cpu).map(
      ([name, text]) => [`system/cpu/cpu${id}/${name.includes("/") ? name : `topology/${name}`}`, text] as const,
    ),
  );
  return { "system/cpu/online": `0-${cpus.length - 1}`, ...Object.fromEntries(files) };
}

const ids = (pkg: number, core: number): Record<string, string> => ({
  physical_package_id: String(pkg),
  core_id: String(core),
});
const newer = (cores: string, packages: string): Record<string, string> => ({
  core_cpus_list: cores,
  package_cpus_list: packages,
});
const older = (cores: string, packages: string): Record<string, string> => ({
  thread_siblings: cores,
  core_siblings: packages,
});

test.each([
  [
    "the lists of newer kernels, whatever the ids are",
    cpuFiles(
      { ...newer("0", "0,2"), ...ids(1, 5) },
      { ...newer("1", "1,3"), ...ids(0, 5) },
      { ...newer("2", "0,2"), ...ids(1, 0) },
      { ...newer("3", "1,3"), ...ids(0, 0) },
    ),
    "0 2 1 3",
  ],
  [
    "the masks of old kernels",
    cpuFiles(
      older("00000001", "00000005"),
      older("00000002", "0000000a"),
      older("00000004", "00000005"),
      older("00000008", "0000000a"),
    ),
    "0 2 1 3",
  ],
  ["the ids alone", cpuFiles(ids(1, 0), ids(0, 0), ids(1, 1), ids(0, 1)), "0 2 1 3"],
  [
    "two threads a core",
    cpuFiles(newer("0,2", "0-3"), newer("1,3", "0-3"), newer("0,2", "0-3"), newer("1,3", "0-3")),
    "0 2 1 3",
  ],
  [
    "NUMA nodes",
    {
      ...cpuFiles(newer("0", "0-3"), newer("1", "0-3"), newer("2", "0-3"), newer("3", "0-3")),
      "system/node/node0/cpulist": "0,3",
      "system/node/node1/cpumap": "00000006",
      "system/node/possible": "0-1",
    },
    "0 3 1 2",
  ],
  [
    "level-3 caches, but not those of level 2, which slurmd does not look at",
    cpuFiles(
      ...["0,2", "1,3", "0,2", "1,3"].map((l3, id) => ({
        ...newer(String(id), "0-3"),
        "cache/index2/level": "2",
        "cache/index2/shared_cpu_list": ["0,3", "1,2"][id % 3 && 1] ?? "",
        "cache/index3/level": "3",
        "cache/index3/shared_cpu_list": l3,
      })),
    ),
    "0 2 1 3",
  ],
  [
    "a package's list that names CPUs which are offline",
    { ...cpuFiles(newer("0,4", "0-7"), newer("1,5", "0-7")) },
    "0 1",
  ],
])("%s", (_, files, expected) => {
  const topology = topologyOf(files);
  expect(topology).not.toBeNull();
  if (topology !== null) expect(slurmCores(topology)?.flat().join(" ")).toBe(expected);
});

test("a processor with cores of two kinds is known by its units", () => {
  expect(topologyOf({ ...cpuFiles(newer("0", "0-1"), newer("1", "0-1")), "cpu_atom/cpus": "1" })).toMatchObject({
    hybrid: true,
  });
});

test.each([
  ["nothing", {}],
  ["which CPUs are online, and no more", { "system/cpu/online": "0-3" }],
  ["ids that say nothing (-1)", cpuFiles(ids(-1, -1), ids(-1, -1))],
])("a kernel that tells %s leaves it unknown", (_, files) => {
  expect(topologyOf(files)).toBeNull();
});
