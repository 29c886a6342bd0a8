/** Jobs that take locks of their program. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defineJob, mapConcurrently } from "@hyperion-ts/job";
import { z } from "zod";
import { lock, newWorkDir } from "../../../src/index.ts";
import { increment } from "./increment.ts";

/** Increments the number in `dir`/count `times` times, each as a call of its own, under one lock. */
export const countUp = (dir: string, times: number) =>
  mapConcurrently(
    Array.from({ length: times }, (_, at) => at),
    () => lock("count", () => increment(join(dir, "count"))),
  );

/** Counts, and gives the folder of an object. */
export const countingJob = defineJob(import.meta, {
  name: "test/counting",
  input: z.object({ dir: z.string(), times: z.number(), job: z.number() }),
  output: z.string(),
  run:
    ({ dir, times }) =>
    async (env) => {
      await countUp(dir, times)(env);
      return await newWorkDir({ shared: true })(env);
    },
});

/** Takes a lock, says so in a file, and keeps it until the job ends; after another one that has said so it gives up. */
export const keepingJob = defineJob(import.meta, {
  name: "test/keeping",
  input: z.object({ dir: z.string() }),
  output: z.null(),
  run: ({ dir }) =>
    lock(["other", "kept"], async ({ signal }) => {
      if (existsSync(join(dir, "keeps"))) return null;
      writeFileSync(join(dir, "keeps"), "");
      return await sleep(3_600_000, null, { signal });
    }),
});

/** Waits for that lock, and for one that the program has; gives which it had. */
export const waitingJob = defineJob(import.meta, {
  name: "test/waiting",
  input: z.object({ dir: z.string() }),
  output: z.array(z.string()),
  run:
    ({ dir }) =>
    async (env) => {
      writeFileSync(join(dir, "waits"), "");
      return await mapConcurrently(["kept", "program"], (key) => lock(key, async () => key))(env);
    },
});
