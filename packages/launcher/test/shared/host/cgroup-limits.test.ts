import { join } from "node:path";
import { expect, test } from "vitest";
import { cpuQuota, memoryLimit } from "../../../src/shared/host/cgroup-limits.ts";
import type { OwnCgroup } from "../../../src/shared/host/cgroup-mounts.ts";
import { fakeTree } from "./fake-tree.ts";

const MB = 1_048_576;
const UNLIMITED = "9223372036854771712";

/** This process in the cgroup a/b of a tree of both versions. */
function inTree<A>(files: Readonly<Record<string, string>>, look: (cgroups: readonly OwnCgroup[]) => A): A {
  using tree = fakeTree(files);
  const folders = (version: string): string[] => ["a/b", "a", ""].map((name) => join(tree.folder, version, name));
  return look([
    { version: 1, controllers: ["memory", "cpu"], folders: folders("v1") },
    { version: 2, controllers: [], folders: folders("v2") },
  ]);
}

test.each([
  [
    "of its own cgroup",
    { "v1/a/b/memory.limit_in_bytes": String(512 * MB), "v1/a/b/memory.stat": `cache 99\ntotal_rss ${140 * MB}` },
    512,
    372,
  ],
  [
    "of version 2",
    { "v2/a/b/memory.max": String(512 * MB), "v2/a/b/memory.stat": `anon ${140 * MB}\nfile ${300 * MB}` },
    512,
    372,
  ],
  [
    "of a cgroup above it",
    {
      "v1/a/b/memory.limit_in_bytes": UNLIMITED,
      "v1/a/memory.limit_in_bytes": String(1_000 * MB),
      "v1/memory.limit_in_bytes": UNLIMITED,
    },
    1_000,
    1_000,
  ],
  [
    "that leaves least, and not the smallest",
    {
      "v2/a/b/memory.max": String(500 * MB),
      "v2/a/memory.max": String(800 * MB),
      "v2/a/memory.stat": `anon ${700 * MB}`,
    },
    800,
    100,
  ],
  [
    "at which processes are slowed down (memory.high)",
    { "v2/a/b/memory.max": "max", "v2/a/b/memory.high": String(300 * MB) },
    300,
    300,
  ],
  [
    "that is used up: nothing is left",
    { "v2/a/b/memory.max": String(100 * MB), "v2/a/b/memory.stat": `anon ${110 * MB}` },
    100,
    0,
  ],
])("memory is left by the limit %s", (_, files, limitMb, availableMb) => {
  expect(inTree(files, memoryLimit)).toMatchObject({ limitMb, availableMb, file: expect.stringContaining("/memory.") });
});

test("no limit of memory is found where none is set", () => {
  expect(
    inTree(
      { "v1/a/b/memory.limit_in_bytes": UNLIMITED, "v1/memory.limit_in_bytes": UNLIMITED, "v2/a/memory.max": "max" },
      memoryLimit,
    ),
  ).toBeNull();
});

test.each([
  ["of version 1", { "v1/a/b/cpu.cfs_quota_us": "200000", "v1/a/b/cpu.cfs_period_us": "100000" }, 2],
  ["of version 2", { "v2/a/b/cpu.max": "150000 100000" }, 1.5],
  ["of a cgroup above, which is less", { "v2/a/b/cpu.max": "800000 100000", "v2/a/cpu.max": "50000 100000" }, 0.5],
])("CPU time is limited by the quota %s", (_, files, cpus) => {
  expect(inTree(files, cpuQuota)).toMatchObject({ cpus, file: expect.stringContaining("/cpu.") });
});

test("no quota is found where none is set", () => {
  expect(
    inTree(
      { "v1/a/b/cpu.cfs_quota_us": "-1", "v1/a/b/cpu.cfs_period_us": "100000", "v2/a/cpu.max": "max 100000" },
      cpuQuota,
    ),
  ).toBeNull();
});
