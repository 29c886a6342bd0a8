/** One of two modules that define a function of the same name. */
import { defineRemote } from "@hyperion-ts/remote";
import { z } from "zod";

export const one = defineRemote(import.meta, {
  name: "test/same-name",
  input: z.null(),
  output: z.number(),
  run: () => 1,
});
