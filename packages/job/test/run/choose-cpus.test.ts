import * as fc from "fast-check";
import { type CpuPlace, parseCpuPlace } from "@hyperion-ts/slurm-env";
import { describe, expect, it, test } from "vitest";
import { type ChosenCpus, chooseCpus, type HostCpus } from "../../src/run/choose-cpus.ts";

const host = (allowedCpus: readonly number[], onlineCpus: number, others: Partial<HostCpus> = {}): HostCpus => ({
  allowedCpus,
  onlineCpus,
  canPin: true,
  cores: [],
  coresAsSlurm: false,
  cpuset: null,
  cpuQuota: null,
  ...others,
});
const all = [0, 1, 2, 3];
const places = (...numbers: readonly number[]): readonly CpuPlace[] => numbers.map(parseCpuPlace);
/** Cores in Slurm's order. */
const cores = (...ids: readonly (readonly number[])[]): Partial<HostCpus> => ({ cores: ids, coresAsSlurm: true });
const unnumbered = (...ids: readonly (readonly number[])[]): Partial<HostCpus> => ({ cores: ids });
const pinsOf = ({ cpuIds, pinTo }: ChosenCpus): readonly (readonly number[])[] | null =>
  pinTo === null ? null : cpuIds.map((id) => pinTo([id]));

test.each([
  ["as many as the agent may use: pinned to them", host([2, 5], 8), { cpus: 2 }, [2, 5], true, null],
  ["no number: all that the agent may use", host([2, 5], 8), {}, [2, 5], true, null],
  [
    "fewer than it may use: which is not known, so not pinned",
    host(all, 4),
    { cpus: 2 },
    [0, 1],
    false,
    /2 of 4 usable CPUs are ours/,
  ],
  [
    "fewer than it may use, and the job's cpuset is there: pinned to that",
    host(all, 4, { cpuset: [3, 2] }),
    { cpus: 2, cpuPlaces: places(0, 1) },
    [2, 3],
    true,
    null,
  ],
  [
    "fewer, and the cpuset is not what Slurm's numbers say: pinned to the cpuset alone",
    host(all, 4, { ...cores([0], [1], [2], [3]), cpuset: [2, 3] }),
    { cpus: 2, cpuPlaces: places(0, 1) },
    [2, 3],
    true,
    null,
  ],
  [
    "fewer, and a cpuset that we may not use, whatever Slurm's numbers say: not pinned",
    host(all, 8, { ...cores([0], [1], [2], [3], [4], [5], [6], [7]), cpuset: [6, 7] }),
    { cpus: 2, cpuPlaces: places(0, 1) },
    [0, 1],
    false,
    /but not which/,
  ],
  [
    "fewer, and Slurm's own numbers are known: pinned to the CPUs in these places",
    host(all, 4, cores([0], [2], [1], [3])),
    { cpus: 2, cpuPlaces: places(0, 1) },
    [0, 2],
    true,
    null,
  ],
  [
    "fewer, and the cores are not in Slurm's order: not pinned",
    host(all, 4, unnumbered([0], [2], [1], [3])),
    { cpus: 2, cpuPlaces: places(0, 1) },
    [0, 1],
    false,
    /but not which/,
  ],
  [
    "fewer, and Slurm's numbers may be cores or threads: not pinned",
    host(all, 4, cores([0, 2], [1, 3])),
    { cpus: 2, cpuPlaces: places(0, 1) },
    [0, 1],
    false,
    /but not which/,
  ],
  [
    "fewer, and Slurm counts threads: pinned to these",
    host(all, 4, cores([0, 2], [1, 3])),
    { cpus: 2, cpuPlaces: places(2, 3), slurmThreads: 2 },
    [1, 3],
    true,
    null,
  ],
  [
    "fewer, and Slurm counts cores of two threads as one CPU: not pinned",
    host(all, 4, cores([0, 2], [1, 3])),
    { cpus: 2, cpuPlaces: places(0, 1), slurmThreads: 1 },
    [0, 1],
    false,
    /but not which/,
  ],
  [
    "fewer, and Slurm was told of threads that are not there: not pinned",
    host(all, 4, cores([0], [1], [2], [3])),
    { cpus: 2, cpuPlaces: places(0, 1), slurmThreads: 2 },
    [0, 1],
    false,
    /but not which/,
  ],
  [
    "fewer, and Slurm has numbers that the machine has not: not pinned",
    host(all, 4, cores([0], [1], [2], [3])),
    { cpus: 2, cpuPlaces: places(3, 4) },
    [0, 1],
    false,
    /but not which/,
  ],
  [
    "fewer, and the cpuset of a site that does not bind jobs: not pinned",
    host(all, 4, { cpuset: all }),
    { cpus: 2, cpuPlaces: places(0, 1) },
    [0, 1],
    false,
    /but not which/,
  ],
  [
    "fewer, and a cpuset that is smaller still: not pinned",
    host(all, 4, { cpuset: [1] }),
    { cpus: 2 },
    [0, 1],
    false,
    /Slurm counts 2 CPUs for us, and the kernel allows 1/,
  ],
  [
    "fewer, and a cpuset that we may not use: not pinned",
    host(all, 8, { cpuset: [6, 7] }),
    { cpus: 2 },
    [0, 1],
    false,
    /but not which/,
  ],
  [
    "more than a cgroup leaves: what it leaves",
    host([3], 8),
    { cpus: 2 },
    [3],
    true,
    /only 1 of the 8 that are online may be used/,
  ],
  [
    "more than are online: a node that claims more than it has, not pinned",
    host([0, 1], 2),
    { cpus: 4 },
    [0, 1, 2, 3],
    false,
    /more than the 2 that are online/,
  ],
  [
    "no taskset: not pinned, and said so",
    host([0, 1], 2, { canPin: false }),
    { cpus: 2 },
    [0, 1],
    false,
    /taskset \(util-linux\) is not there/,
  ],
  [
    "a quota of less: as many as it pays for, on any CPUs",
    host(all, 4, { cpuQuota: { cpus: 1.5, file: "/c/cpu.max" } }),
    {},
    [0, 1],
    false,
    /the time of 1\.5 CPUs \(\/c\/cpu\.max\), so 2 of 4 are used/,
  ],
  ["a quota of more: all", host(all, 4, { cpuQuota: { cpus: 16, file: "/c/cpu.max" } }), {}, all, true, null],
  [
    "a quota of less than Slurm has given",
    host(all, 4, { cpuQuota: { cpus: 0.2, file: "/c/cpu.max" } }),
    { cpus: 4 },
    [0],
    false,
    /so 1 of 4 are used/,
  ],
  [
    "a quota of less than a person wants: what the person wants",
    host(all, 4, { cpuQuota: { cpus: 1, file: "/c/cpu.max" } }),
    { cpus: 4, exactly: true },
    all,
    true,
    null,
  ],
] as const)("%s", (_title, found, share, cpuIds, pin, note) => {
  const chosen = chooseCpus(found, share);
  expect(chosen).toMatchObject({ cpuIds });
  expect(chosen.pinTo !== null).toBe(pin);
  if (note === null) expect(chosen.note).toBeNull();
  else expect(chosen.note).toMatch(note);
});

test("Slurm's numbers 4 to 7 on an EPYC 9354 are its CPUs 4 to 7, whatever the ids of their cores", () => {
  const ids = Array.from({ length: 32 }, (_, id) => id);
  expect(
    pinsOf(chooseCpus(host(ids, 32, cores(...ids.map((id) => [id]))), { cpus: 4, cpuPlaces: places(4, 5, 6, 7) })),
  ).toEqual([[4], [5], [6], [7]]);
});

describe("a job that has one CPU of each core (--hint=nomultithread), where the kernel allows both threads", () => {
  const twoThreads = unnumbered([0, 4], [1, 5], [2, 6], [3, 7]);
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];

  test.each([
    ["inside of the job's cgroup", host([1, 2, 5, 6], 8, { ...twoThreads, cpuset: [1, 2, 5, 6] }), { cpus: 2 }],
    [
      "inside of it, where the cgroup can't be seen: Slurm's numbers are as many",
      host([1, 2, 5, 6], 8, twoThreads),
      { cpus: 2, cpuPlaces: places(2, 3, 4, 5) },
    ],
    ["outside of it: the cpuset is found", host(eight, 8, { ...twoThreads, cpuset: [1, 2, 5, 6] }), { cpus: 2 }],
    [
      "where no cgroup keeps it: Slurm's numbers are those of threads",
      host(eight, 8, { ...twoThreads, coresAsSlurm: true }),
      { cpus: 2, cpuPlaces: places(2, 3, 4, 5) },
    ],
  ] as const)("has a whole core for each worker, %s", (_, found, share) => {
    const chosen = chooseCpus(found, share);
    expect(chosen).toMatchObject({ cpuIds: [1, 2], note: null });
    expect(pinsOf(chosen)).toEqual([
      [1, 5],
      [2, 6],
    ]);
    expect(chosen.pinTo?.([1, 2])).toEqual([1, 5, 2, 6]);
  });

  it("has all cores of the machine, where it has the whole node", () => {
    expect(pinsOf(chooseCpus(host(eight, 8, twoThreads), { cpus: 4, cpuPlaces: places(...eight) }))).toEqual([
      [0, 4],
      [1, 5],
      [2, 6],
      [3, 7],
    ]);
  });

  it("is not mistaken for one with a core of two threads that are both counted", () => {
    expect(
      pinsOf(chooseCpus(host(eight, 8, { ...twoThreads, cpuset: [1, 5] }), { cpus: 2, cpuPlaces: places(2, 3) })),
    ).toEqual([[1], [5]]);
  });

  it("shares its CPUs where they are no whole number of cores for each: and nobody else's", () => {
    const chosen = chooseCpus(host(eight, 8, { ...twoThreads, cpuset: [1, 2, 5, 6] }), { cpus: 3 });
    expect(chosen).toMatchObject({
      cpuIds: [1, 2, 5],
      note: expect.stringMatching(/counts 3 CPUs for us, and the kernel allows 4.*share/),
    });
    expect(pinsOf(chosen)).toEqual([
      [1, 2, 5, 6],
      [1, 2, 5, 6],
      [1, 2, 5, 6],
    ]);
  });
});

test("whatever is told of a machine, workers are pinned to CPUs that they may use, to the job's cpuset where there is one, and two workers to no CPU both unless they share all", () => {
  const ids = fc.uniqueArray(fc.nat({ max: 15 }), { minLength: 1, maxLength: 16 });
  const machine = fc.record({
    allowed: ids,
    cpuset: fc.option(ids),
    threads: fc.constantFrom(1, 2, 4),
    numbered: fc.boolean(),
    count: fc.integer({ min: 1, max: 16 }),
    cpuPlaces: fc.option(ids.map((numbers) => places(...numbers))),
    slurmThreads: fc.option(fc.constantFrom(1, 2)),
  });
  fc.assert(
    fc.property(machine, ({ allowed, cpuset, threads, numbered, count, cpuPlaces, slurmThreads }) => {
      const sixteen = Array.from({ length: 16 }, (_, id) => id);
      const found = host(allowed, 16, {
        cores: [...Map.groupBy(sixteen, (id) => id % (16 / threads)).values()],
        coresAsSlurm: numbered,
        cpuset,
      });
      const chosen = chooseCpus(found, {
        cpus: count,
        cpuPlaces: cpuPlaces ?? undefined,
        slurmThreads: slurmThreads ?? undefined,
      });
      expect(new Set(chosen.cpuIds).size).toBe(chosen.cpuIds.length);
      const pins = pinsOf(chosen);
      if (pins === null) return;
      const all = pins.flat();
      expect(allowed).toEqual(expect.arrayContaining([...new Set(all)]));
      if (cpuset !== null && cpuset.length < 16 && count < allowed.length)
        expect(cpuset).toEqual(expect.arrayContaining([...new Set(all)]));
      if (chosen.note === null) expect(new Set(all).size).toBe(all.length);
    }),
  );
});
