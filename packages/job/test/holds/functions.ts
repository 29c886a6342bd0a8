/** Functions that fail until something helps. */
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

/** The square of x, if there is a file `file`; each try writes a line into `file.tries`. */
export const mended = defineRemote(import.meta, {
  name: "holds/mended",
  input: z.object({ file: z.string(), x: z.number() }),
  output: z.number(),
  run: ({ file, x }) => {
    appendFileSync(`${file}.tries`, `${x}\n`);
    if (!existsSync(file)) throw new Error("nobody has mended it");
    return x * x;
  },
});

/** Takes so many milliseconds. */
export const slow = defineRemote(import.meta, {
  name: "holds/slow",
  input: z.number(),
  output: z.string(),
  run: async (ms) => {
    await sleep(ms);
    return "slow";
  },
});

/** Wants two CPUs, and a heap of so many megabytes. */
export const demanding = defineRemote(import.meta, {
  name: "holds/demanding",
  input: z.number(),
  output: z.string(),
  run: (megabytes, { cpus }) => {
    const heapMb = getHeapStatistics().heap_size_limit / 1_048_576;
    if (cpus.count < 2 || heapMb < megabytes) throw new RangeError(`${cpus.count} CPUs, ${Math.round(heapMb)} MB`);
    return "has what it wants";
  },
});
