import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

export const otherSquare = defineRemote(import.meta, {
  name: "test/square",
  input: z.number(),
  output: z.number(),
  run: (x) => x ** 2,
});
