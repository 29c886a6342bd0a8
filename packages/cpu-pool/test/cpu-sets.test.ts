import { expect, test } from "vitest";
import { CpuSets } from "../src/cpu-sets.ts";

const fresh = (): CpuSets => new CpuSets([0, 1, 2, 3, 4, 5]);

test("starts with the lowest ids, in order", () => {
  const cpus = new CpuSets([9, 4, 7]);
  expect(cpus.take(2).ids).toEqual([4, 7]);
  expect(cpus.take(1).ids).toEqual([9]);
});

test("hands out the set of that size that came back last", () => {
  const cpus = fresh();
  const [a, b, c] = [cpus.take(2), cpus.take(2), cpus.take(2)];
  for (const set of [a, c, b]) cpus.give(set);
  expect([cpus.take(2), cpus.take(2), cpus.take(2)]).toEqual([b, c, a]);
});

test("takes ids that no idle worker sits on before it breaks up a set", () => {
  const cpus = fresh();
  cpus.give(cpus.take(2));
  expect(cpus.take(3).ids).toEqual([2, 3, 4]);
  expect(cpus.take(1).ids).toEqual([5]);
  expect(cpus.take(2).ids).toEqual([0, 1]);
});

test("breaks up as few sets as it can, the one with the lowest id first", () => {
  const cpus = fresh();
  const sets = [cpus.take(2), cpus.take(2), cpus.take(2)];
  for (const set of sets) cpus.give(set);
  expect(cpus.take(1).ids).toEqual([0]);
  expect(cpus.take(3).ids).toEqual([1, 2, 3]);
  expect(cpus.take(2)).toBe(sets[2]);
});

test("forgets a set that was broken up, even when its ids are free again", () => {
  const cpus = fresh();
  const pair = cpus.take(2);
  cpus.give(pair);
  const rest = cpus.take(5);
  expect(rest.ids).toEqual([0, 2, 3, 4, 5]);
  cpus.give(rest);
  expect(cpus.take(2).ids).toEqual([0, 1]);
  expect(pair.remembered).toBe(false);
});
