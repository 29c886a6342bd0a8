import { expect, test } from "vitest";
import { neverHeld, parseNodeSizes } from "../../src/sbatch/node-sizes.ts";
import { neverRuns, parsePartitions, possiblePartitions } from "../../src/sbatch/partition-limits.ts";
import type { SbatchOptions } from "../../src/sbatch/sbatch-options.ts";

// As Slurm 24.11 prints it.
const TEXT = `PartitionName=main AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL AllocNodes=ALL Default=YES QoS=N/A DefaultTime=NONE DisableRootJobs=NO ExclusiveUser=NO ExclusiveTopo=NO GraceTime=0 Hidden=NO MaxNodes=UNLIMITED MaxTime=UNLIMITED MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED MaxCPUsPerSocket=UNLIMITED Nodes=n[1-2] PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO OverTimeLimit=NONE PreemptMode=OFF State=UP TotalCPUs=4 TotalNodes=2 SelectTypeParameters=NONE JobDefaults=(null) DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED TRES=cpu=4,mem=2000M,node=2,billing=4
PartitionName=short AllowGroups=ALL Default=NO MaxNodes=1 MaxTime=00:05:00 MaxCPUsPerNode=2 State=UP TotalCPUs=4 TotalNodes=2 MaxMemPerNode=1000
PartitionName=week Default=NO MaxNodes=UNLIMITED MaxTime=7-00:00:00 MaxCPUsPerNode=UNLIMITED State=UP TotalCPUs=4000 TotalNodes=200 MaxMemPerNode=UNLIMITED
`;
// As `sinfo --exact` prints it.
const sizes = parseNodeSizes("main|1|2|1000 \nmain|1|2|2000\nshort|2|2|1000\nweek|150|16|64000\nweek|50|64|256000\n");
const partitions = parsePartitions(TEXT, sizes);

test("limits are read", () => {
  expect(partitions).toEqual([
    {
      name: "main",
      isDefault: true,
      totalNodes: 2,
      sizes: [
        { count: 1, cpus: 2, megabytes: 1_000 },
        { count: 1, cpus: 2, megabytes: 2_000 },
      ],
      maxNodes: 2,
      maxCpus: 4,
      maxCpusPerNode: Infinity,
      maxSeconds: Infinity,
      maxMegabytesPerNode: Infinity,
      defaultMegabytesPerNode: Infinity,
      defaultMegabytesPerCpu: Infinity,
    },
    {
      name: "short",
      isDefault: false,
      totalNodes: 2,
      sizes: [{ count: 2, cpus: 2, megabytes: 1_000 }],
      maxNodes: 1,
      maxCpus: 4,
      maxCpusPerNode: 2,
      maxSeconds: 300,
      maxMegabytesPerNode: 1_000,
      defaultMegabytesPerNode: Infinity,
      defaultMegabytesPerCpu: Infinity,
    },
    expect.objectContaining({ name: "week", maxNodes: 200, maxSeconds: 604_800 }),
  ]);
});

test.each([
  [{ nodes: 3 }, "it asks for 3 nodes, and the partition main gives 2 at most"],
  [{ nodes: { min: 3, max: 9 } }, "it asks for 3 nodes, and the partition main gives 2 at most"],
  [{ nodes: 2, nTasksPerNode: 4 }, "it asks for 8 CPUs, and the partition main gives 4 at most"],
  [{ partition: "short", time: { hours: 1 } }, "it asks for 60 minutes, and the partition short gives 5 at most"],
  [
    { partition: "short", nTasksPerNode: 3 },
    "it asks for 3 CPUs on each node, and the partition short gives 2 at most",
  ],
  [
    { partition: "short", mem: { gigabytes: 1 } },
    "it asks for 1024 MB of memory on each node, and the partition short gives 1000 at most",
  ],
  [
    { partition: ["main", "short"], nodes: 3 },
    "main gives 2 at most; it asks for 3 nodes, and the partition short gives 1",
  ],
] satisfies (readonly [SbatchOptions, string])[])("%j can never run: both numbers are named", (options, words) => {
  expect(neverRuns(options, partitions)).toContain(words);
});

test.each([
  [{}, undefined],
  [{ nodes: 2, nTasksPerNode: 2 }, undefined],
  [{ nodes: { min: 1, max: 9 } }, undefined],
  [{ partition: ["short", "week"], nodes: 3 }, undefined],
  [{ partition: "unknown", nodes: 9_000 }, undefined],
  [{ nodes: 3 }, "week"],
  [{ partition: null, nodes: 3 }, "week"],
  [{ nodes: null, time: "unlimited", mem: "all" }, undefined],
] satisfies (readonly [SbatchOptions, string | undefined])[])("%j may run, with a default of %j", (options, own) => {
  expect(neverRuns(options, partitions, own)).toBeUndefined();
});

const held = (options: SbatchOptions, own?: string): string | undefined =>
  neverHeld(options, possiblePartitions(options, partitions, own));

test.each([
  [{ partition: "main", nodes: 3 }, "it asks for 3 nodes, and the partition main has 2"],
  [
    { partition: "main", cpusPerTask: 3 },
    "it asks for 3 CPUs on each node, and no node of the partition main has more than 2",
  ],
  [
    { partition: "week", mem: { gigabytes: 300 } },
    "it asks for 307200 MB of memory on each node, and no node of the partition week has more than 256000",
  ],
  [
    { partition: "week", nodes: 60, nTasksPerNode: 32, mem: { gigabytes: 1 } },
    "it asks for 60 nodes with 32 CPUs and 1024 MB of memory each, and the partition week has 50 of that size",
  ],
  [
    { partition: ["main", "short"], nodes: 3 },
    "it asks for 3 nodes, and the partition main has 2; and for 3 nodes, and the partition short has 2",
  ],
  // Of all partitions, where the site may choose.
  [{ nodes: 201 }, "; and for 201 nodes, and the partition week has 200"],
] satisfies (readonly [SbatchOptions, string])[])(
  "%j can be held by no nodes: both numbers are named",
  (options, words) => {
    expect(held(options)).toContain(words);
  },
);

test.each([
  // Limits that can be changed.
  [{ partition: "short", nodes: 2, time: { hours: 1 } }, undefined],
  [{ partition: "main", nodes: 2, mem: { megabytes: 1_000 } }, undefined],
  // Another partition may have it.
  [{ nodes: 3 }, undefined],
  [{ partition: "unknown", nodes: 9_000 }, undefined],
  // Other options decide.
  [{ nodes: 3, further: ["--overcommit"] }, "main"],
  [{ nodes: 3, reservation: "course" }, "main"],
] satisfies (readonly [SbatchOptions, string | undefined])[])(
  "%j may be held, with a default of %j",
  (options, own) => {
    expect(held(options, own)).toBeUndefined();
  },
);

test("where Slurm does not show all nodes of a partition, nobody knows what they hold", () => {
  const hidden = parsePartitions(TEXT, parseNodeSizes("main|1|2|1000\n"));
  expect(
    neverHeld({ partition: "main", nodes: 30 }, possiblePartitions({ partition: "main" }, hidden)),
  ).toBeUndefined();
});
