import { describe, expect, test } from "vitest";
import { allowedCpus, findProcessTools, onlineCpus, parseCpuList } from "../../src/agent/host.ts";

describe("parseCpuList", () => {
  test.for([
    ["0", [0]],
    ["0-3", [0, 1, 2, 3]],
    ["0-1,4,8-9\n", [0, 1, 4, 8, 9]],
    ["", []],
  ] as const)("reads %j as the kernel means it", ([list, cpus]) => {
    expect(parseCpuList(list)).toEqual(cpus);
  });
});

test("this machine has CPUs online, and this process may use some of them", () => {
  expect(onlineCpus()).toBeGreaterThan(0);
  expect(allowedCpus().length).toBeGreaterThan(0);
  expect(allowedCpus().length).toBeLessThanOrEqual(onlineCpus());
});

test("where the search path is empty, neither taskset nor setpriv is found", () => {
  const path = process.env["PATH"];
  process.env["PATH"] = "/nonexistent";
  try {
    expect(findProcessTools()).toEqual({ taskset: false, setpriv: false });
  } finally {
    process.env["PATH"] = path;
  }
});
