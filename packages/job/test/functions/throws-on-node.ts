/** A module that can be loaded where the program is, and not where the workers are. */
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

if (process.argv[1]?.includes("worker-main") === true) throw new Error("no licence on this node");

export const licensed = defineRemote(import.meta, {
  name: "faulty/licensed",
  input: z.null(),
  output: z.null(),
  run: () => null,
});
