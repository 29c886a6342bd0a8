/** Remote functions that leave something behind in their worker. */
import { closeSync } from "node:fs";
import { defineRemote } from "@hyperion-ts/remote";
import { z } from "zod";

const deeds = {
  throws: () => {
    throw new RangeError("left behind");
  },
  rejects: () => void Promise.reject(new RangeError("left behind")),
  exits: () => process.exit(3),
  kills: () => void process.kill(process.pid, "SIGKILL"),
  // Nothing is read or written by then, which would notice it.
  closes: () => closeSync(3),
} as const satisfies Readonly<Record<string, () => unknown>>;

export const forever = defineRemote(import.meta, { name: "test/forever", input: z.null(), output: z.null(), run: () => new Promise<null>(() => setInterval(() => undefined, 1_000)) });

/** Leaves a timer behind that does it, and returns; `soon`: waits for it. */
export const leaves = defineRemote(import.meta, {
  name: "test/leaves",
  input: z.string(),
  output: z.null(),
  run: async (what) => {
    const [name = "", soon] = what.split(" ");
    const deed = Object.entries(deeds).find(([known]) => known === name)?.[1];
    if (deed !== undefined) setTimeout(deed, soon === undefined ? 100 : 1);
    if (soon !== undefined) await new Promise(() => undefined);
    return null;
  },
});
