import { expect, test } from "vitest";
import { chooseCpus } from "../../src/run/choose-cpus.ts";

const host = (allowedCpus: readonly number[], onlineCpus: number, canPin = true) => ({ allowedCpus, onlineCpus, canPin });

test.each([
  ["as many as the agent may use: pinned to them", host([2, 5], 8), 2, [2, 5], true, null],
  ["no number: all that the agent may use", host([2, 5], 8), undefined, [2, 5], true, null],
  ["fewer than it may use: which is not known, so not pinned", host([0, 1, 2, 3], 4), 2, [0, 1], false, /2 of 4 usable CPUs are ours/],
  ["more than a cgroup leaves: what it leaves", host([3], 8), 2, [3], true, /only 1 of the 8 that are online may be used/],
  ["more than are online: a node that claims more than it has, not pinned", host([0, 1], 2), 4, [0, 1, 2, 3], false, /more than the 2 that are online/],
  ["no taskset: not pinned, and said so", host([0, 1], 2, false), 2, [0, 1], false, /taskset \(util-linux\) is not there/],
] as const)("%s", (_title, found, count, cpuIds, pin, note) => {
  const chosen = chooseCpus(found, count);
  expect(chosen).toMatchObject({ cpuIds, pin });
  if (note === null) expect(chosen.note).toBeNull();
  else expect(chosen.note).toMatch(note);
});
