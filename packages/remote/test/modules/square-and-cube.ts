import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

export const square = defineRemote(import.meta, {
  name: "test/power",
  input: z.number(),
  output: z.number(),
  run: (x) => x * x,
});
export const cube = defineRemote(import.meta, {
  name: "test/power",
  input: z.number(),
  output: z.number(),
  run: (x) => x * x * x,
});
