/** A program of three jobs that each ask for too little, or for what they can't have. Its argument is its folder. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { concurrently, defineJob, defineRemote, type Job, local, programInfo, remoteEval } from "@hyperion-ts/job";
import { z } from "zod";
import { changeJobOptions, type Cluster, remoteEvalJob, runCluster, type SbatchOptions } from "../../../src/index.ts";

const MEGABYTE = 1_048_576;

/** Fills so many megabytes. */
const fill = defineRemote(import.meta, {
  name: "holds/fill",
  input: z.object({ megabytes: z.number() }),
  output: z.number(),
  run: ({ megabytes }) => Array.from({ length: megabytes }, () => Buffer.alloc(MEGABYTE, 1)).length,
});

/** Waits until there is a file. */
const wait = defineRemote(import.meta, {
  name: "holds/wait",
  input: z.object({ file: z.string() }),
  output: z.string(),
  run: async ({ file }, { signal }) => {
    while (!existsSync(file)) await sleep(50, undefined, { signal });
    return "waited";
  },
});

const fillJob = defineJob(import.meta, {
  name: "holds/memory",
  input: fill.input,
  output: fill.output,
  run: (input): Job<number> => remoteEval(fill, input),
});

const waitJob = defineJob(import.meta, {
  name: "holds/time",
  input: wait.input,
  output: wait.output,
  run: (input): Job<string> => remoteEval(wait, input),
});

const accountJob = defineJob(import.meta, {
  name: "holds/account",
  input: fill.input,
  output: fill.output,
  run: (input): Job<number> => remoteEval(fill, input),
});

const asking = <A>(options: SbatchOptions, job: Cluster<A>): Cluster<A> => local(changeJobOptions(options), job);

const program =
  (dir: string): Cluster<unknown> =>
  async (env) => {
    const [[filled, waited], counted] = await concurrently(
      concurrently(
        asking({ mem: { megabytes: 600 } }, remoteEvalJob(fillJob, { megabytes: 700 })),
        asking({ time: { minutes: 1 } }, remoteEvalJob(waitJob, { file: join(dir, "go") })),
      ),
      asking({ account: "nobodys" }, remoteEvalJob(accountJob, { megabytes: 1 })),
    )(env);
    return { filled, waited, counted };
  };

if (import.meta.main) {
  const dir = process.argv[2] ?? "";
  const sbatchOptions = { mem: { megabytes: 600 } };
  const value = await runCluster(programInfo(dir), program(dir), { sbatchOptions });
  writeFileSync(join(dir, "outcome.json"), JSON.stringify(value));
}
