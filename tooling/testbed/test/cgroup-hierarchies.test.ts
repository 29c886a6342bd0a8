import { expect, it } from "vitest";
import { hierarchiesIn } from "../src/cgroup-hierarchies.ts";
import { layoutOf } from "../src/machine-size.ts";
import { optionsForCgroups } from "../src/cgroup-options.ts";

const mount = (root: string, place: string, controllers: string): string =>
  `30 29 0:27 ${root} ${place} rw,nosuid shared:9 - cgroup cgroup rw,${controllers}`;

it("finds the group that this process is in, whichever controllers share a hierarchy", () => {
  const mountinfo = [
    "22 1 0:20 / /proc rw - proc proc rw",
    mount("/", "/sys/fs/cgroup/cpu,cpuacct", "cpu,cpuacct"),
    mount("/", "/sys/fs/cgroup/memory", "memory"),
    "44 29 0:40 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
  ];
  const cgroup = ["5:cpu,cpuacct:/user.slice", "4:memory:/a:b/c", "3:devices:/", "0::/x"];
  expect(hierarchiesIn(mountinfo.join("\n"), cgroup.join("\n"))).toEqual([
    { controller: "memory", together: "memory", root: "/sys/fs/cgroup/memory", own: "/sys/fs/cgroup/memory/a:b/c" },
    {
      controller: "cpuacct",
      together: "cpu,cpuacct",
      root: "/sys/fs/cgroup/cpu,cpuacct",
      own: "/sys/fs/cgroup/cpu,cpuacct/user.slice",
    },
  ]);
});

it("sees a container's group as the root that it is mounted as", () => {
  const ownOf = (root: string, group: string): string | undefined =>
    hierarchiesIn(mount(root, "/sys/fs/cgroup/cpuset", "cpuset"), `3:cpuset:${group}`)[0]?.own;
  expect(ownOf("/docker/f00", "/docker/f00")).toBe("/sys/fs/cgroup/cpuset");
  expect(ownOf("/docker/f00", "/docker/f00/below")).toBe("/sys/fs/cgroup/cpuset/below");
  expect(ownOf("/docker/f00", "/docker/f00d")).toBe("/sys/fs/cgroup/cpuset");
});

it("counts sockets, cores and threads, and says nothing of uneven ones", () => {
  const place = (socket: string, core: string) => ({ socket, core });
  expect(layoutOf([place("0", "0"), place("0", "4"), place("0", "0"), place("0", "4")])).toEqual({
    sockets: 1,
    coresPerSocket: 2,
    threadsPerCore: 2,
  });
  expect(layoutOf([place("0", "0"), place("1", "0")])).toEqual({ sockets: 2, coresPerSocket: 1, threadsPerCore: 1 });
  expect(layoutOf([place("0", "0"), place("0", "1"), place("1", "0")])).toBeNull();
  expect(layoutOf([place("0", "0"), place("0", "0"), place("0", "1")])).toBeNull();
});

const MACHINE = { cpus: 8, layout: { sockets: 1, coresPerSocket: 4, threadsPerCore: 2 }, memoryMb: 6000 };

it("gives a node of the machine's size the machine's layout, and makes two of them where none are asked for", () => {
  const node = { sockets: 1, coresPerSocket: 4, threadsPerCore: 2, memoryMb: 4000 };
  expect(optionsForCgroups({}, MACHINE).nodes).toEqual([
    { name: "n1", ...node },
    { name: "n2", ...node },
  ]);
  const nodes = [
    { name: "a", cpus: 8, gpus: 2 },
    { name: "b", cpus: 3, memoryMb: 100 },
  ];
  expect(optionsForCgroups({ nodes, slurm: { KillWait: "1" } }, MACHINE)).toEqual({
    nodes: [
      { name: "a", gpus: 2, ...node },
      { name: "b", cpus: 3, memoryMb: 100 },
    ],
    slurm: { KillWait: "1" },
  });
  expect(optionsForCgroups({}, { cpus: 3, layout: null, memoryMb: 900 }).nodes?.[0]).toEqual({
    name: "n1",
    cpus: 3,
    memoryMb: 900,
  });
});

it.each([
  ["more CPUs", { name: "n1", cpus: 9 }, /n1 claims 9 CPUs, and this machine has 8/],
  [
    "another layout",
    { name: "n1", sockets: 2, coresPerSocket: 2, threadsPerCore: 2 },
    /claims 2x2x2 CPUs, and this machine has 1x4x2/,
  ],
  ["more memory", { name: "n1", cpus: 1, memoryMb: 6001 }, /claims 6001 MB of memory, and this machine has 6000/],
])("refuses a node with %s than the machine has", (_, node, message) => {
  expect(() => optionsForCgroups({ nodes: [node] }, MACHINE)).toThrow(
    expect.objectContaining({ code: "bad-options", message: expect.stringMatching(message) }),
  );
});
