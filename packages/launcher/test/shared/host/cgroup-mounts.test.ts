import { expect, test } from "vitest";
import { findOwnCgroups, parseCgroupMounts } from "../../../src/shared/host/cgroup-mounts.ts";

const MOUNTINFO = [
  "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
  "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:7 - cgroup cgroup rw,cpu,cpuacct",
  "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
  "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd",
  "41 31 0:38 / /my\\040cgroups/unified rw,relatime - cgroup2 cgroup2 rw",
].join("\n");

test("the trees of cgroups are found among all mounts, with what they control", () => {
  expect(
    parseCgroupMounts(MOUNTINFO).map(({ version, folder, controllers }) => [version, folder, ...controllers]),
  ).toEqual([
    [1, "/sys/fs/cgroup/cpu,cpuacct", "rw", "cpu", "cpuacct"],
    [1, "/sys/fs/cgroup/memory", "rw", "memory"],
    [1, "/sys/fs/cgroup/systemd", "rw", "name=systemd"],
    [2, "/my cgroups/unified"],
  ]);
});

test("a process's cgroups are named with all that are above them", () => {
  const own = findOwnCgroups(parseCgroupMounts(MOUNTINFO), "5:memory:/a/b\n4:cpu,cpuacct:/\n0::/user.slice\n");
  expect(own.map(({ folders }) => folders)).toEqual([
    ["/sys/fs/cgroup/cpu,cpuacct"],
    ["/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"],
    ["/my cgroups/unified/user.slice", "/my cgroups/unified"],
  ]);
});

test.each([
  ["sees its own part as the top", "/", "/", ["/sys/fs/cgroup"]],
  [
    "sees its part where all of the tree would be, under its full name",
    "/docker/4fe1",
    "/docker/4fe1/sub",
    ["/sys/fs/cgroup/sub", "/sys/fs/cgroup"],
  ],
  ["is itself the part that is seen", "/docker/4fe1", "/docker/4fe1", ["/sys/fs/cgroup"]],
  ["runs above what it sees", "/", "/../..", ["/sys/fs/cgroup"]],
  ["runs beside what it sees", "/docker/4fe1", "/docker/4fe12", ["/sys/fs/cgroup"]],
])("a container that %s has limits from there on", (_, root, path, folders) => {
  expect(
    findOwnCgroups([{ version: 2, controllers: [], folder: "/sys/fs/cgroup", root }], `0::${path}\n`),
  ).toMatchObject([{ folders }]);
});
