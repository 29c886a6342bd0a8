/**
 * A program of two CPUs whose calls wait for each other: `node waits.ts DIR`. A narrow call runs, which an equal one waits for; a
 * wide one waits for both CPUs; a later narrow one for what is kept for that. The first dies when there is a file `die`, and all
 * end when there is a file `go`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  defineRemote,
  type Job,
  keyValMap,
  local,
  mapConcurrently,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
  setTaskCpus,
} from "@hyperion-ts/job";
import { z } from "zod";

export const waits = defineRemote(import.meta, {
  name: "test/waits",
  input: z.object({ what: z.string(), dir: z.string() }),
  output: z.string(),
  run: async ({ what, dir }, { signal, attempt }) => {
    while (!existsSync(join(dir, "go"))) {
      if (what === "first" && attempt === 1 && existsSync(join(dir, "die"))) process.kill(process.pid, "SIGKILL");
      await sleep(20, undefined, { signal });
    }
    return what;
  },
});

const values = keyValMap("values", waits.input, waits.output);

if (import.meta.main) {
  const [dir = ""] = process.argv.slice(2);
  const call = (what: string): Job<string> => remoteEval(waits, { what, dir });
  /** The job, when there is a file of that name. */
  const whenThere =
    (name: string, job: Job<string>): Job<string> =>
    async (env) => {
      while (!existsSync(join(dir, name))) await sleep(20, undefined, { signal: env.signal });
      return job(env);
    };
  const first = memoizeWithMap(values, (key) => remoteEval(waits, key), { what: "first", dir });
  const jobs = [first, first, whenThere("next", local(setTaskCpus(2), call("wide"))), whenThere("last", call("later"))];
  const ended = await runJobLocal(
    programInfo(dir),
    mapConcurrently(jobs, (job) => job),
    { cpus: 2, progress: "none" },
  );
  console.log(ended.join(" "));
}
