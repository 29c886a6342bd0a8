/** A program of two calls, of which one starts a process that computes, and the other sleeps: `node busy.ts DIR`. Both go on until it is ended. */
import { setTimeout as sleep } from "node:timers/promises";
import { defineRemote, mapConcurrently, programInfo, remoteEval, runJobLocal } from "@hyperion-ts/job";
import { z } from "zod";

const FOR_EVER_MS = 3_600_000;

export const either = defineRemote(import.meta, {
  name: "test/either",
  input: z.enum(["computes", "sleeps"]),
  output: z.int(),
  run: async (what, { signal, exec }) => {
    if (what === "computes") await exec("sh", ["-c", "while :; do :; done"]);
    else await sleep(FOR_EVER_MS, undefined, { signal });
    return 0;
  },
});

if (import.meta.main) {
  const [dir = ""] = process.argv.slice(2);
  await runJobLocal(
    programInfo(dir),
    mapConcurrently(["sleeps", "computes"] as const, (what) => remoteEval(either, what)),
    { cpus: 2, progress: "none" },
  );
}
