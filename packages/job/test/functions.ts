/** Remote functions for the tests of this package. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote } from "../src/index.ts";

export const square = defineRemote(import.meta, {
  name: "test/square",
  input: z.number(),
  output: z.number(),
  run: (x) => x * x,
});

/** Kills its own worker as long as the attempt is below `until`. */
export const dieUntil = defineRemote(import.meta, {
  name: "test/die-until",
  input: z.object({ until: z.number(), x: z.number() }),
  output: z.number(),
  run: ({ until, x }, { attempt }) => {
    if (attempt < until) process.kill(process.pid, "SIGKILL");
    return x;
  },
});

export const fails = defineRemote(import.meta, {
  name: "test/fails",
  input: z.string(),
  output: z.string(),
  run: (message) => {
    throw new RangeError(message);
  },
});

export const waits = defineRemote(import.meta, {
  name: "test/waits",
  input: z.object({ ms: z.number() }),
  output: z.number(),
  run: async ({ ms }, { signal }) => {
    await sleep(ms, undefined, { signal });
    return ms;
  },
});

/** Keeps its CPU busy without ever looking up. */
export const spins = defineRemote(import.meta, {
  name: "test/spins",
  input: z.object({ ms: z.number() }),
  output: z.number(),
  run: ({ ms }) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return ms;
  },
});

export const exits = defineRemote(import.meta, {
  name: "test/exits",
  input: z.int(),
  output: z.null(),
  run: (code) => process.exit(code),
});

export const processId = defineRemote(import.meta, {
  name: "test/process-id",
  input: z.null(),
  output: z.int(),
  run: () => process.pid,
});
