import { expect, test } from "vitest";
import { nodeMemory } from "../../src/run/node-memory.ts";

const limit = (limitMb: number, availableMb: number) => ({ limitMb, availableMb, file: "/c/memory.max" });

test.each([
  { what: "the machine's, where nothing limits it", host: { memoryMb: 24_000, memoryLimit: null }, memoryMb: 24_000 },
  {
    what: "what Slurm has given",
    host: { memoryMb: 24_000, memoryLimit: null },
    share: { memoryMb: 4_000 },
    memoryMb: 4_000,
  },
  {
    what: "what Slurm has given, where its own cgroup enforces that",
    host: { memoryMb: 24_000, memoryLimit: limit(4_000, 3_800) },
    share: { memoryMb: 4_000 },
    memoryMb: 4_000,
  },
  {
    what: "what a smaller limit leaves of that",
    host: { memoryMb: 24_000, memoryLimit: limit(2_000, 1_800) },
    share: { memoryMb: 4_000 },
    memoryMb: 1_800,
    note: /limited to 2000 MB \(\/c\/memory\.max\), of which 1800 MB are left/,
  },
  {
    what: "what a container leaves",
    host: { memoryMb: 24_000, memoryLimit: limit(512, 372) },
    memoryMb: 372,
    note: /limited to 512 MB/,
  },
  {
    what: "the machine's, where the limit is above it",
    host: { memoryMb: 24_000, memoryLimit: limit(64_000, 63_000) },
    memoryMb: 24_000,
  },
])("calls may reserve $what", ({ host, share = {}, memoryMb, note }) => {
  const found = nodeMemory(host, share);
  expect(found.memoryMb).toBe(memoryMb);
  if (note === undefined) expect(found.note).toBeNull();
  else expect(found.note).toMatch(note);
});
