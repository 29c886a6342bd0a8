/** Remote functions that tell where they ran. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

/** Takes `ms` milliseconds, and gives its input back with the node, the attempt, and the process id of the node's agent. */
export const placed = defineRemote(import.meta, {
  name: "placed/placed",
  input: z.object({ x: z.int(), ms: z.number() }),
  output: z.object({ x: z.int(), node: z.string(), attempt: z.int(), agent: z.int() }),
  run: async ({ x, ms }, { node, attempt, signal }) => {
    await sleep(ms, undefined, { signal });
    return { x, node, attempt, agent: process.ppid };
  },
});
