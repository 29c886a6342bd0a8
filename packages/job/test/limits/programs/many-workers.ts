/** A program for tests: `calls` calls on `cpus` workers at once, under whatever limits this process has. Prints what the run said, and how many calls were done. `cpus` may be `all`: what runJobLocal takes by itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote, mapConcurrentlySettled, programInfo, remoteEval, runJobLocal } from "../../../src/index.ts";

export const nap = defineRemote(import.meta, {
  name: "limits/nap",
  input: z.int(),
  output: z.int(),
  run: async (x) => {
    await sleep(300);
    return x;
  },
});

if (import.meta.main) {
  const [dir = "", cpus = "1", calls = "0"] = process.argv.slice(2);
  const inputs = Array.from({ length: Number(calls) }, (_, x) => x);
  const settled = await runJobLocal(
    programInfo(dir),
    mapConcurrentlySettled(inputs, (x) => remoteEval(nap, x)),
    {
      ...(cpus === "all" ? {} : { cpus: Number(cpus) }),
      progress: "none",
      onEvent: ({ event }) => {
        if (event.type === "counts" || event.type === "run-started") return;
        process.stdout.write(`${JSON.stringify(event)}\n`);
      },
    },
  );
  process.stdout.write(
    `${JSON.stringify({ type: "done", calls: settled.filter(({ status }) => status === "fulfilled").length })}\n`,
  );
}
