import { expect, test } from "vitest";
import { chooseCpus } from "../../src/run/choose-cpus.ts";
import { cores, host, places, unnumbered } from "./host-cpus.ts";

const ALL = [0, 1, 2, 3];

interface Choice {
  readonly cpuIds: readonly number[];
  readonly isPinned: boolean;
  readonly note: RegExp | null;
}

const pinned = (...cpuIds: readonly number[]): Choice => ({ cpuIds, isPinned: true, note: null });
const unpinned = (note: RegExp, ...cpuIds: readonly number[]): Choice => ({ cpuIds, isPinned: false, note });

test.each([
  ["as many as the agent may use: pinned to them", host([2, 5], 8), { cpus: 2 }, pinned(2, 5)],
  [
    "fewer than it may use, because a person wants no more: not pinned, which is no news",
    host(ALL, 4),
    { cpus: 1, exactly: true },
    { cpuIds: [0], isPinned: false, note: null },
  ],
  [
    "fewer than the job has, because a person wants no more: pinned to all of the job's, which is no news",
    host(ALL, 4, { cpuset: [2, 3] }),
    { cpus: 1, exactly: true },
    { cpuIds: [2], isPinned: true, note: null },
  ],
  [
    "more than the job's cpuset has, because a person wants them",
    host(ALL, 4, { cpuset: [3] }),
    { cpus: 2, exactly: true },
    unpinned(/2 CPUs were asked for, more than the 1 of this job: workers share/, 0, 1),
  ],
  ["no number: all that the agent may use", host([2, 5], 8), {}, pinned(2, 5)],
  [
    "fewer than it may use: which is not known, so not pinned",
    host(ALL, 4),
    { cpus: 2 },
    unpinned(/2 of 4 usable CPUs are ours/, 0, 1),
  ],
  [
    "fewer than it may use, and the job's cpuset is there: pinned to that",
    host(ALL, 4, { cpuset: [3, 2] }),
    { cpus: 2, cpuPlaces: places(0, 1) },
    pinned(2, 3),
  ],
  [
    "fewer, and the cpuset is not what Slurm's numbers say: pinned to the cpuset alone",
    host(ALL, 4, { ...cores([0], [1], [2], [3]), cpuset: [2, 3] }),
    { cpus: 2, cpuPlaces: places(0, 1) },
    pinned(2, 3),
  ],
  [
    "fewer, and a cpuset that we may not use, whatever Slurm's numbers say: not pinned",
    host(ALL, 8, { ...cores([0], [1], [2], [3], [4], [5], [6], [7]), cpuset: [6, 7] }),
    { cpus: 2, cpuPlaces: places(0, 1) },
    unpinned(/but not which/, 0, 1),
  ],
  [
    "fewer, and Slurm's own numbers are known: pinned to the CPUs in these places",
    host(ALL, 4, cores([0], [2], [1], [3])),
    { cpus: 2, cpuPlaces: places(0, 1) },
    pinned(0, 2),
  ],
  [
    "fewer, and the cores are not in Slurm's order: not pinned",
    host(ALL, 4, unnumbered([0], [2], [1], [3])),
    { cpus: 2, cpuPlaces: places(0, 1) },
    unpinned(/but not which/, 0, 1),
  ],
  [
    "fewer, and Slurm's numbers may be cores or threads: not pinned",
    host(ALL, 4, cores([0, 2], [1, 3])),
    { cpus: 2, cpuPlaces: places(0, 1) },
    unpinned(/but not which/, 0, 1),
  ],
  [
    "fewer, and Slurm counts threads: pinned to these",
    host(ALL, 4, cores([0, 2], [1, 3])),
    { cpus: 2, cpuPlaces: places(2, 3), slurmThreads: 2 },
    pinned(1, 3),
  ],
  [
    "fewer, and Slurm counts cores of two threads as one CPU: not pinned",
    host(ALL, 4, cores([0, 2], [1, 3])),
    { cpus: 2, cpuPlaces: places(0, 1), slurmThreads: 1 },
    unpinned(/but not which/, 0, 1),
  ],
  [
    "fewer, and Slurm was told of threads that are not there: not pinned",
    host(ALL, 4, cores([0], [1], [2], [3])),
    { cpus: 2, cpuPlaces: places(0, 1), slurmThreads: 2 },
    unpinned(/but not which/, 0, 1),
  ],
  [
    "fewer, and Slurm has numbers that the machine has not: not pinned",
    host(ALL, 4, cores([0], [1], [2], [3])),
    { cpus: 2, cpuPlaces: places(3, 4) },
    unpinned(/but not which/, 0, 1),
  ],
  [
    "fewer, and the cpuset of a site that does not bind jobs: not pinned",
    host(ALL, 4, { cpuset: ALL }),
    { cpus: 2, cpuPlaces: places(0, 1) },
    unpinned(/but not which/, 0, 1),
  ],
  [
    "fewer, and a cpuset that is smaller still: not pinned",
    host(ALL, 4, { cpuset: [1] }),
    { cpus: 2 },
    unpinned(/Slurm counts 2 CPUs for us, and the kernel allows 1/, 0, 1),
  ],
  [
    "fewer, and a cpuset that we may not use: not pinned",
    host(ALL, 8, { cpuset: [6, 7] }),
    { cpus: 2 },
    unpinned(/but not which/, 0, 1),
  ],
  [
    "more than a cgroup leaves: what it leaves",
    host([3], 8),
    { cpus: 2 },
    { cpuIds: [3], isPinned: true, note: /only 1 of the 8 that are online may be used/ },
  ],
  [
    "more than are online: a node that claims more than it has, not pinned",
    host([0, 1], 2),
    { cpus: 4 },
    unpinned(/more than the 2 that are online/, 0, 1, 2, 3),
  ],
  [
    "no taskset: not pinned, and said so",
    host([0, 1], 2, { canPin: false }),
    { cpus: 2 },
    unpinned(/taskset \(util-linux\) is not there/, 0, 1),
  ],
  [
    "a quota of less: as many as it pays for, on any CPUs",
    host(ALL, 4, { cpuQuota: { cpus: 1.5, file: "/c/cpu.max" } }),
    {},
    unpinned(/the time of 1\.5 CPUs \(\/c\/cpu\.max\), so 2 of 4 are used/, 0, 1),
  ],
  ["a quota of more: all", host(ALL, 4, { cpuQuota: { cpus: 16, file: "/c/cpu.max" } }), {}, pinned(...ALL)],
  [
    "a quota of less than Slurm has given",
    host(ALL, 4, { cpuQuota: { cpus: 0.2, file: "/c/cpu.max" } }),
    { cpus: 4 },
    unpinned(/so 1 of 4 are used/, 0),
  ],
  [
    "a quota of less than a person wants: what the person wants",
    host(ALL, 4, { cpuQuota: { cpus: 1, file: "/c/cpu.max" } }),
    { cpus: 4, exactly: true },
    pinned(...ALL),
  ],
] as const)("%s", (_title, found, share, { cpuIds, isPinned, note }) => {
  const chosen = chooseCpus(found, share);
  expect(chosen).toMatchObject({ cpuIds });
  expect(chosen.pinTo !== null).toBe(isPinned);
  if (note === null) expect(chosen.note).toBeNull();
  else expect(chosen.note).toMatch(note);
});
