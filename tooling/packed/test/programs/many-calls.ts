/** Ten thousand calls on one CPU, of which the first never ends. */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineRemote, mapConcurrently, programInfo, remoteEval, runJobLocal } from "@hyperion-ts/job";
import { z } from "zod";

export const stays = defineRemote(import.meta, {
  name: "packed/stays",
  input: z.int(),
  output: z.int(),
  run: async (n, { signal }) => {
    writeFileSync("out/running", "");
    await sleep(3_600_000, undefined, { signal });
    return n;
  },
});

if (import.meta.main) {
  const inputs = Array.from({ length: 10_000 }, (_, n) => n);
  const job = mapConcurrently(inputs, (n) => remoteEval(stays, n));
  await runJobLocal(programInfo("./out"), job, { cpus: 1, progress: "none" }).catch(() => undefined);
}
