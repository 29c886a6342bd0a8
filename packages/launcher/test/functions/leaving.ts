/** Remote functions that leave something behind in their worker. */
import { closeSync, existsSync, writeFileSync } from "node:fs";
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

/** Writes the file, and never ends. */
export const forever = defineRemote(import.meta, {
  name: "test/forever",
  input: z.string(),
  output: z.null(),
  run: (file) => {
    writeFileSync(file, "");
    return new Promise<null>(() => setInterval(() => undefined, 1_000));
  },
});

/** Leaves a timer behind that does it as soon as the file is there, and returns; without a file: does it soon, and waits for it. */
export const leaves = defineRemote(import.meta, {
  name: "test/leaves",
  input: z.object({ deed: z.enum(["throws", "rejects", "exits", "kills", "closes"]), when: z.string().nullable() }),
  output: z.null(),
  run: async ({ deed, when }) => {
    const timer = setInterval(() => {
      if (when !== null && !existsSync(when)) return;
      clearInterval(timer);
      deeds[deed]();
    }, 1);
    if (when === null) await new Promise(() => undefined);
    return null;
  },
});
