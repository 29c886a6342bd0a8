import { expect, test } from "vitest";
import { hello } from "../../../src/shared/host/host.ts";
import { allowedCpus, onlineCpus } from "../../../src/shared/host/usable-cpus.ts";

test("this machine has CPUs online, and this process may use some of them", () => {
  expect(onlineCpus()).toBeGreaterThan(0);
  expect(allowedCpus().length).toBeGreaterThan(0);
  expect(allowedCpus().length).toBeLessThanOrEqual(onlineCpus());
});

test("an agent outside of a job tells of no cpuset, and names each CPU of the machine in one core", () => {
  const { cores, cpuset } = hello({ taskset: true }, { node: "", folders: [] });
  expect(cpuset).toBeNull();
  expect(cores.flat().length).toBe(new Set(cores.flat()).size);
  expect([0, onlineCpus()]).toContain(cores.flat().length);
});
