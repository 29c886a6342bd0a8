/** A function that runs a program which ends with an exit code. */
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

export const exits = defineRemote(import.meta, {
  name: "test/exits",
  input: z.object({ code: z.int() }),
  output: z.string(),
  run: async ({ code }, { exec }) => (await exec("sh", ["-c", `echo no luck >&2; exit ${code}`])).stdout,
});
