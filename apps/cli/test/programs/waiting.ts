/** A program whose calls wait for a file: `node waiting.ts DIR CALLS`. The call of 0 throws. Says how its calls ended, a line for each that failed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  defineRemote,
  insert,
  keyValMap,
  mapConcurrentlySettled,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
} from "@hyperion-ts/job";
import { z } from "zod";

export const waiting = defineRemote(import.meta, {
  name: "test/waiting",
  input: z.object({ n: z.int(), file: z.string() }),
  output: z.int(),
  run: async ({ n, file }, { signal, log }) => {
    log(`call of ${n}`);
    if (n === 0) throw new RangeError("0 is refused");
    while (!existsSync(file)) await sleep(20, undefined, { signal });
    return n;
  },
});

const values = keyValMap("values", waiting.input, waiting.output);

if (import.meta.main) {
  const [dir = "", calls = "10"] = process.argv.slice(2);
  const file = join(dir, "go");
  const inputs = Array.from({ length: Number(calls) }, (_, n) => ({ n, file }));
  const settled = await runJobLocal(
    programInfo(dir),
    async (env) => {
      await insert(values, { n: -1, file }, -1)(env);
      return mapConcurrentlySettled(inputs, (input) =>
        memoizeWithMap(values, (key) => remoteEval(waiting, key), input),
      )(env);
    },
    { cpus: 2, progress: "none" },
  );
  for (const end of settled) if (end.status === "rejected") console.log(String(end.reason));
  console.log("done");
}
