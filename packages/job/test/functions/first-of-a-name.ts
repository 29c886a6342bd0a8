/** One of two modules that define a function of the same name. */
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

export const same = defineRemote(import.meta, {
  name: "faulty/same-name",
  input: z.null(),
  output: z.string(),
  run: () => "first",
});
