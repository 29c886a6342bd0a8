/** What would help after each failure, on a site of three partitions. */
import { describe, expect, test } from "vitest";
import { parseNodeSizes } from "../../src/sbatch/node-sizes.ts";
import { parsePartitions } from "../../src/sbatch/partition-limits.ts";
import type { SbatchOptions } from "../../src/sbatch/sbatch-options.ts";
import { changedOptions } from "../../src/program/changed-options.ts";
import type { HoldCause } from "../../src/program/hold-cause.ts";
import { remedyOf } from "../../src/program/remedies.ts";
import { parseAssociations, type Site } from "../../src/program/site.ts";

const TEXT = `PartitionName=main Default=YES MaxNodes=UNLIMITED MaxTime=2-00:00:00 State=UP TotalCPUs=64 TotalNodes=4 DefMemPerCPU=2000 MaxMemPerNode=UNLIMITED
PartitionName=long Default=NO MaxNodes=UNLIMITED MaxTime=UNLIMITED State=UP TotalCPUs=32 TotalNodes=2 MaxMemPerNode=UNLIMITED
PartitionName=large Default=NO MaxNodes=UNLIMITED MaxTime=1-00:00:00 State=UP TotalCPUs=16 TotalNodes=1 MaxMemPerNode=UNLIMITED
`;
const sizes = parseNodeSizes("main|4|16|48000\nlong|2|16|48000\nlarge|1|16|1000000\n");
const site: Site = {
  partitions: parsePartitions(TEXT, sizes),
  ownPartition: undefined,
  ...parseAssociations("lab|lab|normal|normal,short\nlab|theory|normal|normal,long\n"),
};

const memory: HoldCause = { kind: "out-of-memory" };
const time: HoldCause = { kind: "out-of-time" };
const lost: HoldCause = { kind: "node-failed", node: "n3" };
const refused = (words: string): HoldCause => ({ kind: "refused", words });

test.each<readonly [HoldCause, SbatchOptions, string]>([
  [memory, { mem: { gigabytes: 8 } }, '{"mem":"16G"}'],
  [memory, { mem: { gigabytes: 7 } }, '{"mem":"16G"}'],
  [memory, { memPerCpu: { gigabytes: 2 }, nTasksPerNode: 4 }, '{"mem":"16G"}'],
  [memory, { nTasksPerNode: 2 }, '{"mem":"8G"}'],
  [memory, { mem: { gigabytes: 32 } }, '{"mem":"48000M"}'],
  [memory, { mem: { megabytes: 48_000 } }, '{"partition":"large","mem":"64G"}'],
  [memory, { mem: { megabytes: 48_000 }, partition: "large" }, '{"mem":"64G"}'],
  [memory, { mem: { megabytes: 1_000_000 }, partition: "large" }, "{}"],
  [memory, { mem: "all" }, '{"partition":"large","mem":"1000000M"}'],
  [time, { time: { hours: 2 } }, '{"time":"4:00:00"}'],
  [time, {}, '{"time":"2-00:00:00"}'],
  [time, { time: { hours: 36 } }, '{"time":"2-00:00:00"}'],
  [time, { time: { days: 2 } }, '{"time":"4-00:00:00","partition":"long"}'],
  [time, { time: "unlimited", partition: "long" }, "{}"],
  [lost, {}, '{"exclude":"n3"}'],
  [lost, { nodelist: ["n3"] }, "{}"],
  [{ kind: "node-failed", node: undefined }, {}, "{}"],
  [{ kind: "not-begun", node: "l1" }, { partition: "large" }, "{}"],
  [refused("Invalid account or account/partition combination specified"), { account: "mine" }, '{"account":"lab"}'],
  [refused("Invalid account or account/partition combination specified"), { account: "lab" }, '{"account":"theory"}'],
  [refused("Invalid qos specification"), { qos: "best" }, '{"qos":"normal"}'],
  [refused("Invalid partition name specified"), { partition: "mian" }, '{"partition":"main"}'],
  [
    refused("Requested time limit is invalid (missing or exceeds some limit)"),
    { time: { days: 9 } },
    '{"time":"2-00:00:00"}',
  ],
  [
    refused("QOSMaxWallDurationPerJobLimit; Job violates accounting/QOS policy"),
    { time: { hours: 1 } },
    '{"time":"0:30:00"}',
  ],
  [refused("Memory specification can not be satisfied"), { mem: { terabytes: 4 } }, '{"mem":"48000M"}'],
  [refused("the site's rule"), {}, "{}"],
  [{ kind: "threw", name: "RangeError", message: "no" }, {}, "{}"],
])("%j of %j is cured by %s", (cause, options, changes) => {
  const remedy = remedyOf(cause, options, site);
  expect(JSON.stringify(remedy.changes)).toBe(changes);
  expect(remedy.words).toMatch(/[.]$/);
});

test("where Slurm tells nothing, more is asked for all the same", () => {
  const nothing = { partitions: [], ownPartition: undefined, accounts: [], qos: [] };
  expect(remedyOf(memory, { mem: { gigabytes: 8 } }, nothing).changes).toEqual({ mem: "16G" });
  expect(remedyOf(time, { time: { hours: 1 } }, nothing).changes).toEqual({ time: "2:00:00" });
  expect(remedyOf(lost, {}, nothing).changes).toEqual({ exclude: "n3" });
  expect(remedyOf(refused("Invalid account"), { account: "a" }, nothing)).toEqual({
    changes: {},
    words: "Name another one: hyperion retry takes --account NAME, too.",
  });
});

describe("changes as a person writes them", () => {
  test.each<readonly [Parameters<typeof changedOptions>[1], SbatchOptions]>([
    [{ mem: "16G" }, { mem: { megabytes: 16_384 }, memPerCpu: null }],
    [{ mem: "500" }, { mem: { megabytes: 500 }, memPerCpu: null }],
    [{ time: "90" }, { time: { seconds: 5_400 } }],
    [{ time: "4:30:00" }, { time: { seconds: 16_200 } }],
    [{ time: "2-12" }, { time: { seconds: 216_000 } }],
    [{ exclude: "n[1-3],n7" }, { exclude: ["n9", "n[1-3]", "n7"] }],
    [{ cpus: "4" }, { nTasksPerNode: 4, cpusPerTask: null }],
    [{ nodes: "2-4" }, { nodes: { min: 2, max: 4 } }],
    [
      { partition: "a,b", account: "c", qos: "d" },
      { partition: ["a", "b"], account: "c", qos: "d" },
    ],
  ])("%j become options of sbatch", (changes, expected) => {
    const { exclude = ["n9"], ...rest } = expected;
    expect(changedOptions({ exclude: ["n9"] }, changes)).toEqual({ exclude, ...rest });
  });
});
