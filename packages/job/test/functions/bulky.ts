/** Remote functions that hold memory outside of the heap of JavaScript. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

/** Holds so many megabytes until there is the file; gives its process id. */
export const holds = defineRemote(import.meta, {
  name: "bulky/holds",
  input: z.object({ mb: z.number(), until: z.string(), end: z.enum(["return", "die"]) }),
  output: z.number(),
  run: async ({ mb, until, end }) => {
    const held = new Uint8Array(mb * 2 ** 20).fill(1);
    while (!existsSync(until)) await sleep(20);
    if (end === "die") process.kill(process.pid, "SIGKILL");
    return process.pid + (held[0] ?? 0) - 1;
  },
});
