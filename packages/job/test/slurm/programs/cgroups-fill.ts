/** A call that takes memory outside of the runtime's own heap, as arrays of numbers do. In a file of its own: workers import it. */
import { defineRemote } from "@hyperion-ts/job";
import { z } from "zod";

export const fillMemory = defineRemote(import.meta, {
  name: "cgroups/fill-memory",
  input: z.number(),
  output: z.number(),
  run: (megabytes) => {
    const parts = Array.from({ length: megabytes }, () => new Uint8Array(2 ** 20).fill(1));
    return parts.reduce((sum, part) => sum + part.length, 0);
  },
});
