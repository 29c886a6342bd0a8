import { expect, test } from "vitest";
import { chooseCpus, type HostCpus } from "../../src/run/choose-cpus.ts";

const host = (allowedCpus: readonly number[], onlineCpus: number, others: Partial<HostCpus> = {}): HostCpus => ({ allowedCpus, onlineCpus, canPin: true, slurmOrder: null, cpuset: null, ...others });
const all = [0, 1, 2, 3];

test.each([
  ["as many as the agent may use: pinned to them", host([2, 5], 8), { cpus: 2 }, [2, 5], true, null],
  ["no number: all that the agent may use", host([2, 5], 8), {}, [2, 5], true, null],
  ["fewer than it may use: which is not known, so not pinned", host(all, 4), { cpus: 2 }, [0, 1], false, /2 of 4 usable CPUs are ours/],
  ["fewer than it may use, and the job's cpuset is there: pinned to that", host(all, 4, { cpuset: [3, 2] }), { cpus: 2, slurmCpuIds: [0, 1] }, [2, 3], true, null],
  ["fewer, and Slurm's own numbers are known: pinned to the CPUs in these places", host(all, 4, { slurmOrder: [0, 2, 1, 3] }), { cpus: 2, slurmCpuIds: [0, 1] }, [0, 2], true, null],
  ["fewer, and Slurm's numbers may be cores or threads: not pinned", host(all, 4), { cpus: 2, slurmCpuIds: [0, 1] }, [0, 1], false, /but not which/],
  ["fewer, and a cpuset of another size: not pinned", host(all, 4, { cpuset: [1] }), { cpus: 2 }, [0, 1], false, /but not which/],
  ["fewer, and a cpuset that we may not use: not pinned", host(all, 8, { cpuset: [6, 7] }), { cpus: 2 }, [0, 1], false, /but not which/],
  ["more than a cgroup leaves: what it leaves", host([3], 8), { cpus: 2 }, [3], true, /only 1 of the 8 that are online may be used/],
  ["more than are online: a node that claims more than it has, not pinned", host([0, 1], 2), { cpus: 4 }, [0, 1, 2, 3], false, /more than the 2 that are online/],
  ["no taskset: not pinned, and said so", host([0, 1], 2, { canPin: false }), { cpus: 2 }, [0, 1], false, /taskset \(util-linux\) is not there/],
] as const)("%s", (_title, found, share, cpuIds, pin, note) => {
  const chosen = chooseCpus(found, share);
  expect(chosen).toMatchObject({ cpuIds, pin });
  if (note === null) expect(chosen.note).toBeNull();
  else expect(chosen.note).toMatch(note);
});
