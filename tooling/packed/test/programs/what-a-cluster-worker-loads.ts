/** A user's module of a program that calls Slurm jobs, run without Slurm. Prints what a worker has loaded, and the head. */
import { type Cluster, remoteEvalJob, runClusterLocal, setJobType } from "@hyperion-ts/cluster";
import { defineJob, defineRemote, local, programInfo, remoteEval } from "@hyperion-ts/job";
import { z } from "zod";
import { loaded, loadedHere } from "./what-a-worker-loads.ts";

export const whatIsLoaded = defineRemote(import.meta, {
  name: "packed/what-is-loaded-for-cluster",
  input: z.object({ times: z.int() }),
  output: loaded,
  run: () => loadedHere(),
});

export const whatIsLoadedJob = defineJob(import.meta, {
  name: "packed/what-is-loaded-job",
  input: whatIsLoaded.input,
  output: loaded,
  run: (input) => remoteEval(whatIsLoaded, input),
});

const ask: Cluster<z.infer<typeof loaded>> = local(
  setJobType({ nodes: 1, nTasksPerNode: 1 }),
  remoteEvalJob(whatIsLoadedJob, { times: 1 }),
);

if (import.meta.main) {
  const worker = await runClusterLocal(programInfo("./out"), ask);
  console.log(JSON.stringify({ worker, head: loadedHere() }));
}
