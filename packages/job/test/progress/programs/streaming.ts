/** A program as people write it, over more inputs than it holds at once. Arguments: its directory, what its inputs are (`array` or `stream`), their number, milliseconds a call. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote, forConcurrently_, programInfo, remoteEval, runJobLocal } from "../../../src/index.ts";

export const napping = defineRemote(import.meta, {
  name: "test/napping",
  input: z.number(),
  output: z.null(),
  run: async (ms, { signal }) => {
    await sleep(ms, undefined, { signal });
    return null;
  },
});

function* times(count: number, ms: number): Generator<number> {
  for (let i = 0; i < count; i += 1) yield ms;
}

if (import.meta.main) {
  const [dir = "out", kind, count, ms] = process.argv.slice(2);
  const inputs = times(Number(count), Number(ms));
  try {
    await runJobLocal(
      programInfo(dir),
      forConcurrently_(kind === "array" ? [...inputs] : inputs, (each) => remoteEval(napping, each), { window: 8 }),
      { cpus: 2 },
    );
  } catch {
    process.exitCode = 1;
  }
}
