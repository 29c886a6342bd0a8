/** Which CPUs are a job's, where cores have several threads or Slurm counts in another order than the kernel. */
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { chooseCpus } from "../../src/run/choose-cpus.ts";
import { cores, host, pinsOf, places, unnumbered } from "./host-cpus.ts";

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
