/** Remote functions for the tests of this package. */
import { defineRemote } from "@hyperion-ts/remote";
import { z } from "zod";

export const square = defineRemote(import.meta, { name: "test/square", input: z.number(), output: z.number(), run: (x) => x * x });
