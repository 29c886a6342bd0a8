/** A module of remote functions that starts a program when it is imported, as people do by mistake. */
import { defineRemote, refuseInWorker } from "@hyperion-ts/remote";
import { z } from "zod";

export const recursive = defineRemote(import.meta, {
  name: "test/recursive",
  input: z.null(),
  output: z.null(),
  run: () => null,
});

const runJobLocal = async (): Promise<void> => refuseInWorker("runJobLocal");
await runJobLocal();
