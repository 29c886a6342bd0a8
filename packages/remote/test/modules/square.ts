import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

export const square = defineRemote(import.meta, {
  name: "test/square",
  input: z.number(),
  output: z.number(),
  run: (x) => x * x,
});
