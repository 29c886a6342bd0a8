/** A module that loads where HYPERION_TEST_MISSING is not set; elsewhere it fails as its value says: an error's code, or "none". */
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

const missing = process.env["HYPERION_TEST_MISSING"];
if (missing !== undefined)
  throw Object.assign(
    new Error(`this module can't be loaded here (${missing})`),
    missing === "none" ? {} : { code: missing },
  );

export const placed = defineRemote(import.meta, {
  name: "picky/placed",
  input: z.unknown(),
  output: z.string(),
  run: (_, { node, attempt }) => `${node}, attempt ${attempt}`,
});
