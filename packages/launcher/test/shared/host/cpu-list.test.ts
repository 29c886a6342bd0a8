import { expect, test } from "vitest";
import { parseCpuList, parseCpuMask } from "../../../src/shared/host/cpu-list.ts";

test.for([
  ["0", [0]],
  ["0-3", [0, 1, 2, 3]],
  ["0-1,4,8-9\n", [0, 1, 4, 8, 9]],
  ["", []],
] as const)("the list %j is read as the kernel means it", ([list, cpus]) => {
  expect(parseCpuList(list)).toEqual(cpus);
});

test.for([
  ["3", [0, 1]],
  ["00000000,00000055\n", [0, 2, 4, 6]],
  ["00000001,80000000", [31, 32]],
  ["", []],
] as const)("the mask %j is read as the kernel means it", ([mask, cpus]) => {
  expect(parseCpuMask(mask)).toEqual(cpus);
});
