import { expect, test } from "vitest";
import { nodeMemory } from "../../src/run/node-memory.ts";

const limit = (limitMb: number, availableMb: number) => ({ limitMb, availableMb, file: "/c/memory.max" });

test.each([
  ["the machine's, where nothing limits it", { memoryMb: 24_000, memoryLimit: null }, {}, 24_000, null],
  ["what Slurm has given", { memoryMb: 24_000, memoryLimit: null }, { memoryMb: 4_000 }, 4_000, null],
  [
    "what Slurm has given, where its own cgroup enforces that",
    { memoryMb: 24_000, memoryLimit: limit(4_000, 3_800) },
    { memoryMb: 4_000 },
    4_000,
    null,
  ],
  [
    "what a smaller limit leaves of that",
    { memoryMb: 24_000, memoryLimit: limit(2_000, 1_800) },
    { memoryMb: 4_000 },
    1_800,
    /limited to 2000 MB \(\/c\/memory\.max\), of which 1800 MB are left/,
  ],
  ["what a container leaves", { memoryMb: 24_000, memoryLimit: limit(512, 372) }, {}, 372, /limited to 512 MB/],
  [
    "the machine's, where the limit is above it",
    { memoryMb: 24_000, memoryLimit: limit(64_000, 63_000) },
    {},
    24_000,
    null,
  ],
] as const)("calls may reserve %s", (_, host, share, memoryMb, note) => {
  const found = nodeMemory(host, share);
  expect(found.memoryMb).toBe(memoryMb);
  if (note === null) expect(found.note).toBeNull();
  else expect(found.note).toMatch(note);
});
