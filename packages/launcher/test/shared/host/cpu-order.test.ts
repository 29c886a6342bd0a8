import { describe, expect, it, test } from "vitest";
import { coresInOrder, type CpuTopology, slurmCores } from "../../../src/shared/host/cpu-order.ts";

/** A machine by a table of `package:core` for each CPU, in order; a core is known by both. `groups` are further sets. */
function machine(table: string, groups: readonly (readonly number[])[] = [], hybrid = false): CpuTopology {
  const places = table.split(" ").map((place, id) => ({ id, place, pkg: place.split(":")[0] }));
  const ids = (members: readonly { readonly id: number }[]): number[] => members.map(({ id }) => id);
  return {
    cpus: ids(places),
    cores: [...Map.groupBy(places, ({ place }) => place).values()].map(ids),
    groups: [...[...Map.groupBy(places, ({ pkg }) => pkg).values()].map(ids), ...groups],
    hybrid,
  };
}
const order = (topology: CpuTopology): string | undefined => slurmCores(topology)?.flat().join(" ");
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** The ids of an EPYC 9354's cores, in the order of its CPUs. */
const EPYC_9354 = [
  ...range(0, 3),
  ...range(32, 35),
  ...range(16, 19),
  ...range(48, 51),
  ...range(8, 11),
  ...range(40, 43),
  ...range(24, 27),
  ...range(56, 59),
];

describe("Slurm's numbers, as slurmd prints them for the same machine", () => {
  test.each([
    // hwloc's test machine 8em64t-2s2ca2c: the ids of cores are not the order of their CPUs.
    ["two packages with every other CPU", machine("0:0 1:0 0:2 1:2 0:1 1:1 0:3 1:3"), "0 2 4 6 1 3 5 7"],
    ["packages whose ids go against their CPUs", machine("3:0 0:0 2:0 1:0 3:1 0:1 2:1 1:1"), "0 4 1 5 2 6 3 7"],
    [
      "two packages of 12 CPUs, in two runs each",
      machine(
        [
          ...range(0, 5).map((core) => `0:${core}`),
          ...range(0, 5).map((core) => `1:${core}`),
          ...range(6, 11).map((core) => `0:${core}`),
          ...range(6, 11).map((core) => `1:${core}`),
        ].join(" "),
      ),
      [...range(0, 5), ...range(12, 17), ...range(6, 11), ...range(18, 23)].join(" "),
    ],
    [
      "core ids that jump, as those of an EPYC 9354",
      machine(EPYC_9354.map((core) => `0:${core}`).join(" ")),
      range(0, 31).join(" "),
    ],
    ["two threads a core, numbered by thread first", machine("0:0 0:1 1:0 1:1 0:0 0:1 1:0 1:1"), "0 4 1 5 2 6 3 7"],
    ["two threads a core, side by side", machine("0:0 0:0 0:1 0:1"), "0 1 2 3"],
    [
      "NUMA nodes inside of a package, with every other CPU",
      machine("0:0 0:1 0:2 0:3", [
        [0, 2],
        [1, 3],
      ]),
      "0 2 1 3",
    ],
    [
      "packages inside of NUMA nodes: the nodes come first",
      machine("0:0 1:0 2:0 3:0", [
        [0, 2],
        [1, 3],
      ]),
      "0 2 1 3",
    ],
    [
      "caches inside of dies inside of a package",
      machine("0:0 0:1 0:2 0:3 0:4 0:5 0:6 0:7", [
        [0, 2, 4, 6],
        [1, 3, 5, 7],
        [0, 6],
        [2, 4],
        [1, 5],
        [3, 7],
      ]),
      "0 6 2 4 1 5 3 7",
    ],
    ["a group for a part of the package only", machine("0:0 0:1 0:2 0:3", [[0, 3]]), "0 3 1 2"],
  ])("%s", (_, topology, expected) => {
    expect(order(topology)).toBe(expected);
  });

  it("hold for any order in which cores and groups are told", () => {
    const { cpus, cores, groups, hybrid } = machine("0:0 1:0 0:1 1:1 0:2 1:2 0:3 1:3", [
      [0, 6],
      [2, 4],
    ]);
    expect(order({ cpus, cores: cores.toReversed(), groups: groups.toReversed(), hybrid })).toBe("0 6 2 4 1 3 5 7");
  });
});

describe("Slurm's numbers can't be told", () => {
  test.each([
    [
      "where CPUs are offline, so that ids go beyond their number",
      { cpus: [0, 2, 3], cores: [[0], [2], [3]], groups: [[0, 2, 3]], hybrid: false },
    ],
    ["where cores have different numbers of threads", machine("0:0 0:0 0:1")],
    ["where cores are of several kinds, of which Slurm leaves some out", machine("0:0 0:1 0:2 0:3", [], true)],
    ["where groups overlap, so that none holds the other", machine("0:0 0:1 1:0 1:1", [[1, 2]])],
  ])("%s", (_, topology) => {
    expect(slurmCores(topology)).toBeNull();
  });

  it("but the cores are known all the same", () => {
    expect(coresInOrder(machine("0:0 0:0 0:1"))).toEqual([[0, 1], [2]]);
  });
});
