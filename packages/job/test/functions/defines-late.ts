/** A module that defines its function only when it is asked to, so that a worker which imports it does not find it. */
import { z } from "zod";
import { defineRemote, type RemoteFunction } from "../../src/index.ts";

export const defineLate = (): RemoteFunction<z.ZodNull, z.ZodNull> =>
  defineRemote(import.meta, { name: "faulty/late", input: z.null(), output: z.null(), run: () => null });
