/** A program for tests: two calls at once that fill `megabytes` each, with `reserveMb` reserved, if it is said. Prints the run's events and what became of the calls. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  defineRemote,
  local,
  mapConcurrentlySettled,
  programInfo,
  remoteEval,
  runJobLocal,
  setTaskMemory,
} from "../../../src/index.ts";

export const fill = defineRemote(import.meta, {
  name: "limits/fill",
  input: z.int(),
  output: z.tuple([z.number(), z.number()]),
  run: async (megabytes) => {
    const began = Date.now();
    const memory = Array.from({ length: megabytes }, () => Buffer.alloc(1_048_576, 1));
    await sleep(500);
    return [began, Date.now() + memory.length * 0];
  },
});

if (import.meta.main) {
  const [dir = "", megabytes = "1", reserveMb] = process.argv.slice(2);
  const calls = mapConcurrentlySettled([1, 2], () => remoteEval(fill, Number(megabytes)));
  const settled = await runJobLocal(
    programInfo(dir),
    reserveMb === undefined ? calls : local(setTaskMemory(Number(reserveMb)), calls),
    {
      cpus: 2,
      progress: "none",
      onEvent: ({ event }) => {
        if (event.type !== "counts") process.stdout.write(`${JSON.stringify(event)}\n`);
      },
    },
  );
  const values = settled.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  process.stdout.write(
    `${JSON.stringify({ type: "done", values, errors: settled.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : [])) })}\n`,
  );
}
