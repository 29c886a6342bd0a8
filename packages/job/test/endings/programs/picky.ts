/** A function in a file of its own, as CommonJS needs it: it can't load a module that awaits something. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote } from "../../../src/index.ts";

export const picky = defineRemote(import.meta, {
  name: "test/picky",
  input: z.object({ x: z.number(), ms: z.number() }),
  output: z.number(),
  run: async ({ x, ms }, { signal }) => {
    if (x < 0) throw new RangeError("x must not be negative");
    await sleep(ms, undefined, { signal });
    return x;
  },
});
