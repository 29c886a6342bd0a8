import { expect, test } from "vitest";
import { type CpuUse, overlaps } from "./overlaps.ts";

const use = (cpus: string, start: number, end: number): CpuUse => ({ cpus, start, end });

test("who follows another on its CPU, or runs beside it on others, does not overlap with it", () => {
  expect(overlaps([use("0", 0, 2), use("0", 2, 3), use("1-2", 0, 3), use("3", 1, 2)])).toEqual([]);
});

test("who begins before another has ended on one of its CPUs overlaps with it, also long before the end", () => {
  const [long, within, other] = [use("0-2", 0, 9), use("1", 1, 2), use("2,4", 8, 10)];
  expect(overlaps([long, other, within])).toEqual([
    { cpu: 1, first: long, second: within },
    { cpu: 2, first: long, second: other },
  ]);
});
